import { AuthOptionsError } from '../errors/auth.errors.js';
import { githubProfile } from './github-profile.js';

/** Who somebody is, as a provider tells. */
export interface OAuthProfile {
  /** The provider's own key for the account; never changes and is never given to another. */
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider knows that the address is the account's. */
  readonly emailVerified: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Everything that it told. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Asks a provider something in the name of whoever signs in, and answers the JSON. */
export type ProviderRequest = (url: string) => Promise<unknown>;

/** Another service by which people sign in: one of OpenID Connect, or of plain OAuth 2 with `endpoints` and `profile`. */
export interface OAuthProvider {
  /** What it is called in addresses: `google`. */
  readonly name: string;
  /** Its address, from which the rest is found; of plain OAuth, what its accounts are kept under. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** How the secret is shown. @defaultValue 'client_secret_post' */
  readonly clientAuthentication?: 'client_secret_post' | 'client_secret_basic';
  /** Separated by spaces. @defaultValue 'openid email profile' */
  readonly scope?: string;
  /** Where plain OAuth has its endpoints. */
  readonly endpoints?: { readonly authorization: string; readonly token: string };
  /** Finds out who somebody is, with plain OAuth. */
  readonly profile?: (request: ProviderRequest) => Promise<OAuthProfile>;
  /** Where people are sent back to. @defaultValue `OAUTH_API_URL`/auth/oauth/<name>/callback */
  readonly redirectUri?: string;
  /** Further origins inside the network that the provider's document may name, beside that of its issuer. @defaultValue none */
  readonly privateOrigins?: readonly string[];
  /** Whether the provider's tokens are kept, encrypted, for calls in the user's name. @defaultValue false */
  readonly keepTokens?: boolean;
}

type Client = Pick<OAuthProvider, 'clientId' | 'clientSecret' | 'scope' | 'redirectUri' | 'keepTokens'>;

export function googleProvider(client: Client): OAuthProvider {
  return { name: 'google', issuer: 'https://accounts.google.com', ...client };
}

export function githubProvider(client: Client): OAuthProvider {
  return {
    name: 'github',
    issuer: 'https://github.com',
    scope: 'read:user user:email',
    endpoints: {
      authorization: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
    },
    profile: githubProfile(),
    ...client,
  };
}

/** @throws AuthOptionsError when a provider cannot work as it is described. */
export function checkedProviders(providers: readonly OAuthProvider[]): readonly OAuthProvider[] {
  const names = new Set<string>();
  for (const { name, issuer, clientId, endpoints, profile } of providers) {
    const problem = !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name)
      ? 'has a name that fits in no address'
      : names.has(name)
        ? 'is named twice'
        : !/^https?:\/\//.test(issuer) || !URL.canParse(issuer)
          ? 'has an issuer that is no address'
          : !clientId
            ? 'has no clientId'
            : (endpoints === undefined) === (profile === undefined)
              ? undefined
              : 'needs both endpoints and profile, or neither';
    if (problem) throw new AuthOptionsError(`The OAuth provider "${name}" ${problem}.`, 'See OAuthProvider.');
    names.add(name);
  }
  return providers;
}
