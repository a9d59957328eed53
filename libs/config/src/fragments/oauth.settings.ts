import { IsOptional, IsString, IsUrl } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Sign-in through other services. A provider is offered when its client id is set. */
@SettingsGroup({ title: 'Social sign-in', owner: '@core-framework/auth' })
export class OAuthSettings {
  @Setting({ aliases: ['OAUTH_GOOGLE_CLIENT_ID'], description: 'Client id that Google issued.' })
  @IsOptional()
  @IsString()
  googleClientId?: string;

  @Setting({ aliases: ['OAUTH_GOOGLE_CLIENT_SECRET'], secret: true, description: 'Client secret that Google issued.' })
  @IsOptional()
  @IsString()
  googleClientSecret?: string;

  @Setting({ aliases: ['OAUTH_GITHUB_CLIENT_ID'], description: 'Client id that GitHub issued.' })
  @IsOptional()
  @IsString()
  githubClientId?: string;

  @Setting({ aliases: ['OAUTH_GITHUB_CLIENT_SECRET'], secret: true, description: 'Client secret that GitHub issued.' })
  @IsOptional()
  @IsString()
  githubClientSecret?: string;

  @Setting({ aliases: ['OAUTH_GITHUB_REDIRECT_URI'], description: 'Address to which GitHub sends people back.' })
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  githubRedirectUri?: string;

  /** Never taken from a request: whoever sends one could choose its Host. */
  @Setting<OAuthSettings & { readonly port?: number; readonly apiPrefix?: string }>({
    description:
      'Public address of the API, to which providers send people back. http://localhost with PORT and API_PREFIX when not set.',
    derive: ({ port = 8000, apiPrefix = '/api/v1' }) => `http://localhost:${port}${apiPrefix}`,
  })
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  oauthApiUrl = '';
}
