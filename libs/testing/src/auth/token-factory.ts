import {
  type AbstractBaseUser,
  type AccessTokenOptions,
  ApiKeys,
  type NewApiKey,
  Sessions,
  type TokenPair,
  Tokens,
  type TokenType,
} from '@core-framework/auth';
import type { TestApp } from '../app/test-app.js';

/** Makes credentials of users, good ones and bad ones. */
export class TokenFactory {
  constructor(private readonly app: TestApp) {}

  /** An access and a refresh token of a new session. */
  pair(user: AbstractBaseUser): Promise<TokenPair> {
    const client = { ip: '127.0.0.1', userAgent: 'core-testing', requestId: null };
    return this.app.work(() => this.app.nest.get(Sessions, { strict: false }).start(user, { client }));
  }

  /** An access token without a session; `{ scopes: ['posts.read'] }` limits it. */
  access(user: AbstractBaseUser, options: Omit<AccessTokenOptions, 'user'> = {}): Promise<string> {
    return this.#tokens.createAccessToken({ ...options, user });
  }

  /** An access token that was good until a minute ago. */
  async expired(user: AbstractBaseUser): Promise<string> {
    return this.access(user, { expiresIn: -60 });
  }

  /** A token of another type, which must not pass for an access token. */
  ofType(type: TokenType, user: AbstractBaseUser): Promise<string> {
    return this.#tokens.createToken(type, user.id, 60, { tv: user.tokenVersion });
  }

  /** An access token that nobody signed: `alg` is `none`. */
  unsigned(user: AbstractBaseUser): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(this.app.clock.now().getTime() / 1000) + 60;
    return `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ sub: String(user.id), tv: user.tokenVersion, exp })}.`;
  }

  /** The text of an API key. */
  async apiKey(user: AbstractBaseUser, options: Partial<NewApiKey> = {}): Promise<string> {
    const keys = this.app.nest.get(ApiKeys, { strict: false });
    const { key } = await this.app.work(() => keys.create(user.id, { name: 'testing', ...options }));
    return key;
  }

  get #tokens(): Tokens {
    return this.app.nest.get(Tokens, { strict: false });
  }
}
