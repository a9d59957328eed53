import { BadRequestException } from '@core-framework/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenPair } from '../sessions/sessions.service.js';

/** What the cookies of an application are like. */
export interface AuthCookieOptions {
  /** Whether they are sent over HTTPS only; the names of such cookies keep other sites from setting them. */
  readonly secure: boolean;
  /** Where the refresh token is sent. */
  readonly refreshPath: string;
  /** Seconds after which browsers forget them. */
  readonly maxAge: number;
}

/** Writes and reads the cookies in which browsers keep tokens, out of reach of scripts. */
export class AuthCookies {
  /** Name of the access token's cookie. */
  readonly access: string;
  /** Name of the refresh token's cookie; a path of its own rules out `__Host-`. */
  readonly refresh: string;

  constructor(private readonly options: AuthCookieOptions) {
    this.access = options.secure ? '__Host-auth' : 'auth';
    this.refresh = options.secure ? '__Secure-auth-refresh' : 'auth-refresh';
  }

  /**
   * The value of a cookie.
   *
   * @throws BadRequestException when there are several of that name, of which somebody else may have set one.
   */
  read({ headers }: FastifyRequest, name: string): string | undefined {
    const values = (headers.cookie ?? '').split(';').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
    });
    if (values.length > 1) throw new BadRequestException('The request carries a cookie twice.');
    return values[0];
  }

  set(reply: FastifyReply, { accessToken, refreshToken }: TokenPair): void {
    this.#write(reply, this.options.maxAge, accessToken, refreshToken);
  }

  clear(reply: FastifyReply): void {
    this.#write(reply, 0, '', '');
  }

  #write(reply: FastifyReply, maxAge: number, access: string, refresh: string): void {
    const { secure, refreshPath } = this.options;
    const rest = `Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    void reply.header('cache-control', 'no-store');
    void reply.header('set-cookie', [
      `${this.access}=${access}; Path=/; ${rest}`,
      `${this.refresh}=${refresh}; Path=${refreshPath}; ${rest}`,
    ]);
  }
}
