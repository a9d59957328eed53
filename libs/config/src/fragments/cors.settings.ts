import { IsBoolean, Matches } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Which web pages of other origins may call the API. */
@SettingsGroup({ title: 'Cross-origin requests', owner: '@core-framework/platform' })
export class CorsSettings {
  /** Origins such as `https://app.example.com`; `*` allows all, and is refused in production together with credentials. */
  @Setting({ description: 'Origins whose pages may call the API, or `*` for all.' })
  @Matches(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+)$/i, {
    each: true,
    message: '$property must list origins such as https://app.example.com, without a path, or be *',
  })
  backendCorsOrigins: readonly string[] = ['http://localhost:3000'];

  /** Lets pages of the allowed origins send cookies and credentials. */
  @Setting({ description: 'Lets pages of the allowed origins send cookies and credentials.' })
  @IsBoolean()
  corsAllowCredentials = true;
}
