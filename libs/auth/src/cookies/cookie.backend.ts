import { type Principal, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthBackend } from '../authentication/auth-backend.js';
import { JwtBackend } from '../authentication/jwt.backend.js';
import type { UserPrincipal } from '../authentication/user-principal.js';
import { refuse, Tokens } from '../tokens/tokens.service.js';
import { AuthCookies } from './auth-cookies.js';
import { CsrfProtection } from './csrf-protection.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Knows callers by the cookie of their browser. Requests that change something must show that no other site sent them. */
@Injectable()
export class CookieBackend extends AuthBackend {
  readonly name = 'cookie';
  override readonly securityScheme: Readonly<Record<string, unknown>>;

  constructor(
    @Inject(AuthCookies) private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
    private readonly jwt: JwtBackend,
    private readonly tokens: Tokens,
  ) {
    super();
    const description = 'What changes something shows `X-CSRF-Token` beside it, as sign-in and `cookie/csrf` tell it.';
    this.securityScheme = { type: 'apiKey', in: 'cookie', name: cookies.access, description };
  }

  override async identify(request: FastifyRequest): Promise<Principal | null> {
    const principal = await this.#holderOf(request);
    if (principal && !SAFE.has(request.method)) this.csrf.check(request, principal.proof.sessionId ?? '');
    return principal;
  }

  /**
   * The refresh token of a request.
   *
   * @throws UnauthorizedException when it has none that is good, ForbiddenException when another site sent it.
   */
  async refreshTokenOf(request: FastifyRequest): Promise<string> {
    const token = this.cookies.read(request, this.cookies.refresh) ?? '';
    const { sid = refuse() } = (await this.tokens.verifyToken(token, 'refresh')) ?? refuse();
    this.csrf.check(request, sid);
    return token;
  }

  /** Who a browser that signs in was signed in as. @throws ForbiddenException when another site sent the request. */
  async formerHolderOf(request: FastifyRequest): Promise<UserPrincipal | null> {
    this.csrf.checkOrigin(request);
    return this.#holderOf(request);
  }

  /** Whose cookie a request carries. Nobody can keep a browser from sending one that is too old: that is none. */
  async #holderOf(request: FastifyRequest): Promise<UserPrincipal | null> {
    const token = this.cookies.read(request, this.cookies.access);
    if (!token) return null;
    try {
      return await this.jwt.identifyToken(token, this.name);
    } catch (error) {
      if (error instanceof UnauthorizedException) return null;
      throw error;
    }
  }
}
