import type { OAuthProfile, ProviderRequest } from './oauth-provider.js';

interface GithubUser {
  readonly id?: unknown;
  readonly name?: unknown;
}

interface GithubEmail {
  readonly email?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

/** GitHub is no OpenID Connect: its API tells the account, and which of its addresses is confirmed. */
export function githubProfile(api = 'https://api.github.com') {
  return async (request: ProviderRequest): Promise<OAuthProfile> => {
    const user = (await request(`${api}/user`)) as GithubUser;
    const answer = await request(`${api}/user/emails`);
    const emails = (Array.isArray(answer) ? answer : []) as GithubEmail[];
    const { email, verified } = emails.find(({ primary }) => primary === true) ?? {};
    const [firstName = '', ...names] = typeof user.name === 'string' ? user.name.trim().split(/\s+/) : [];
    return {
      // The name of a GitHub account can change hands, its number cannot.
      subject: typeof user.id === 'number' ? String(user.id) : '',
      email: typeof email === 'string' ? email : null,
      emailVerified: verified === true,
      firstName,
      lastName: names.join(' '),
      claims: { ...user },
    };
  };
}
