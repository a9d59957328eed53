import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { TokenPair } from '../sessions/sessions.service.js';
import { AuthCookies } from './auth-cookies.js';
import { CsrfProtection } from './csrf-protection.js';

/** Answers browsers that keep their tokens in cookies: no body holds one that a script could take away. */
@Injectable()
export class CookieAnswers {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfProtection,
  ) {}

  signedIn(pair: TokenPair, reply: FastifyReply): { readonly csrf_token: string; readonly expires_in: number } {
    this.cookies.set(reply, pair);
    return { csrf_token: this.csrfTokenOf(pair.sessionId), expires_in: pair.expiresIn };
  }

  csrfTokenOf(sessionId: string): string {
    return this.csrf.tokenFor(sessionId);
  }

  signedOut(reply: FastifyReply): void {
    this.cookies.clear(reply);
  }
}
