import type { CoreSettings } from '@core-framework/config';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { githubProvider, googleProvider, type OAuthProvider } from './oauth-provider.js';

/** Those whose clients the settings name. @throws AuthOptionsError for a client without its secret. */
export function providersOf(settings?: CoreSettings): OAuthProvider[] {
  if (!settings) return [];
  const { googleClientId, googleClientSecret, githubClientId, githubClientSecret, githubRedirectUri } = settings;
  checkPair('GOOGLE', googleClientId, googleClientSecret);
  checkPair('GITHUB', githubClientId, githubClientSecret);
  return [
    ...(googleClientId ? [googleProvider({ clientId: googleClientId, clientSecret: googleClientSecret })] : []),
    ...(githubClientId
      ? [githubProvider({ clientId: githubClientId, clientSecret: githubClientSecret, redirectUri: githubRedirectUri })]
      : []),
  ];
}

function checkPair(provider: string, id?: string, secret?: string): void {
  if (!id || secret) return;
  const [has, lacks] = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`];
  throw new AuthOptionsError(`AuthModule has ${has} without ${lacks}.`, `Set ${lacks}, or take ${has} out.`);
}
