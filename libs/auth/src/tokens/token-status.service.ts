import { BadRequestException, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { JwtBackend } from '../authentication/jwt.backend.js';
import { AuthEvents } from '../events/auth-events.service.js';
import type { ClientInfo } from '../events/client-info.js';
import { Sessions } from '../sessions/sessions.service.js';
import { RefreshRotation } from './refresh-rotation.js';
import type { TokenPayload } from './token-backend.js';
import { Tokens } from './tokens.service.js';

/** What a service is told of a token (RFC 7662); of one that is not in force, nothing else. */
export interface TokenStatus {
  readonly active: boolean;
  readonly [claim: string]: unknown;
}

/** Which type of token somebody believes to have. */
export type TokenTypeHint = 'access_token' | 'refresh_token' | (string & {});

const INACTIVE: TokenStatus = { active: false };
// Claims of the application's own are for those whom the token is shown to, and stay in it.
const TOLD = ['sub', 'iss', 'aud', 'iat', 'exp', 'jti', 'sid', 'scope'] as const;

/** Tells other services of tokens, and ends those that they name. */
@Injectable()
export class TokenStatusService {
  constructor(
    private readonly tokens: Tokens,
    private readonly rotation: RefreshRotation,
    private readonly sessions: Sessions,
    private readonly jwt: JwtBackend,
    @Inject(AuthEvents) private readonly events: AuthEvents,
  ) {}

  /**
   * What a token is good for now: its session and its user are asked. A refresh token is only looked at where the hint says
   * that it is one, so that none passes for an access token with somebody who looks at nothing but `active`.
   */
  async introspect(token: string, hint?: TokenTypeHint): Promise<TokenStatus> {
    if (hint === 'refresh_token') {
      const payload = await this.tokens.verifyToken(token, 'refresh');
      return payload && (await this.#isGoodRefresh(payload)) ? tell(payload) : INACTIVE;
    }
    const payload = await this.tokens.verifyToken(token, 'access');
    if (!payload || !(await this.#isGoodAccess(token))) return INACTIVE;
    return { ...tell(payload), token_type: 'Bearer' };
  }

  /**
   * Ends the session that a token belongs to, and with it all its tokens (RFC 7009). Tokens that are none, or not in force
   * any more, end nothing.
   *
   * @throws BadRequestException for an access token without a session, which cannot be ended by itself.
   */
  async revoke(token: string, by: string, client: ClientInfo): Promise<void> {
    const payload =
      (await this.tokens.verifyToken(token, 'refresh')) ?? (await this.tokens.verifyToken(token, 'access'));
    if (!payload) return;
    if (payload.sid === undefined) {
      const message = 'A token without a session cannot be revoked by itself.';
      throw new BadRequestException(message, { code: 'unsupported_token_type' });
    }
    if (!(await this.sessions.revoke(payload.sid, 'revoked'))) return;
    const parts = { userId: payload.sub, sessionId: payload.sid, client, detail: { by } };
    await this.events.record('authn_token_revoked', parts);
  }

  async #isGoodAccess(token: string): Promise<boolean> {
    try {
      await this.jwt.identifyToken(token);
      return true;
    } catch (error) {
      if (error instanceof UnauthorizedException) return false;
      throw error;
    }
  }

  async #isGoodRefresh({ jti, tv }: TokenPayload): Promise<boolean> {
    const standing = await this.rotation.standingOf(jti);
    if (!standing || standing.rotatedAt !== null || tv !== standing.session__user__tokenVersion) return false;
    return this.rotation.isInForce(standing);
  }
}

function tell(payload: TokenPayload): TokenStatus {
  return {
    active: true,
    ...Object.fromEntries(TOLD.flatMap((claim) => (claim in payload ? [[claim, payload[claim]]] : []))),
  };
}
