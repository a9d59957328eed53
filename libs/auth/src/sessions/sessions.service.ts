import { randomUUID } from 'node:crypto';
import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { AuthEvents } from '../events/auth-events.service.js';
import type { ClientInfo } from '../events/client-info.js';
import { type IssuedRefreshToken, RefreshRotation, type RefreshStanding } from '../tokens/refresh-rotation.js';
import { refuse, Tokens } from '../tokens/tokens.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { type RevokeReason, Session } from './session.model.js';

const DAY_MS = 86_400_000;

/** What somebody who signed in is given. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds that the access token is good for. */
  readonly expiresIn: number;
  readonly sessionId: string;
}

/** Of a sign-in. */
export interface SignIn {
  readonly client: ClientInfo;
  /** How the user showed who he is. @defaultValue ['password'] */
  readonly methods?: readonly string[];
}

type Subject = Pick<AbstractBaseUser, 'id' | 'tokenVersion'>;

/** Starts, continues and ends sign-ins. */
@Injectable()
export class Sessions {
  constructor(
    @InjectManager(Session) private readonly sessions: Manager<Session>,
    private readonly rotation: RefreshRotation,
    private readonly tokens: Tokens,
    private readonly events: AuthEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Starts a session for a user who has shown who he is. */
  async start(user: Subject, { client, methods = ['password'] }: SignIn): Promise<TokenPair> {
    const now = this.clock.now();
    const id = randomUUID();
    const absoluteExpiresAt = this.rotation.latestEnd;
    const refresh = this.rotation.next(id, null, absoluteExpiresAt);
    await this.sessions.atomic(async () => {
      await this.sessions.createRow({
        id,
        user: user.id,
        createdAt: now,
        lastSeenAt: now,
        idleExpiresAt: refresh.expiresAt,
        absoluteExpiresAt,
        ip: client.ip,
        userAgent: client.userAgent,
        authMethods: methods,
        authenticatedAt: now,
      });
      await this.rotation.store(refresh);
    });
    return this.#pair(user, id, refresh);
  }

  /**
   * Exchanges a refresh token for its successor. Whoever repeats a request within `AUTH_REFRESH_GRACE_SECONDS` gets the
   * same one again; a token that comes back later was stolen, and its session ends.
   *
   * @throws UnauthorizedException when the token is not good, or is no longer.
   */
  async refresh(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const payload = await this.tokens.verifyTokenOrThrow(refreshToken, 'refresh');
    const standing = (await this.rotation.standingOf(payload.jti)) ?? refuse();
    if (!this.rotation.isInForce(standing) || payload.tv !== standing.session__user__tokenVersion) refuse();
    const user = { id: standing.session__user, tokenVersion: standing.session__user__tokenVersion };
    if (!standing.rotatedAt) {
      const successor = await this.rotation.rotate(standing);
      if (successor) return this.#pair(user, standing.session, successor);
    }
    // Somebody else was there first, a moment or a month ago.
    const known = standing.rotatedAt ? standing : ((await this.rotation.standingOf(payload.jti)) ?? refuse());
    const successor = await this.rotation.repeated(known);
    if (successor) return this.#pair(user, standing.session, successor);
    await this.#punishReuse(known, client);
    return refuse();
  }

  /** Notes that the owner of a session has shown once more who he is. */
  async reauthenticated(id: string): Promise<void> {
    await this.sessions.filter({ id, revokedAt__isnull: true }).update({ authenticatedAt: this.clock.now() });
  }

  /** Ends a session; answers whether it was still going. */
  async revoke(id: string, reason: RevokeReason): Promise<boolean> {
    const going = this.sessions.filter({ id, revokedAt__isnull: true });
    return (await going.update({ revokedAt: this.clock.now(), revokeReason: reason })) > 0;
  }

  /** Ends all sessions of a user, or all but one; answers how many. */
  async revokeAll(userId: number | string, reason: RevokeReason, except?: string): Promise<number> {
    const all = this.sessions.where({ user: userId, revokedAt__isnull: true });
    const going = except === undefined ? all : all.exclude({ id: except });
    return going.update({ revokedAt: this.clock.now(), revokeReason: reason });
  }

  /** The sessions of a user that are going on, those used last first. */
  current(userId: number | string) {
    const now = this.clock.now();
    return this.sessions
      .where({ user: userId, revokedAt__isnull: true, idleExpiresAt__gt: now, absoluteExpiresAt__gt: now })
      .using('primary')
      .orderBy('-lastSeenAt');
  }

  /** Deletes the sessions that ended some time ago, and their tokens; answers how many. For a task that runs daily. */
  async clearExpired(keepDays = 30): Promise<number> {
    const before = new Date(this.clock.now().getTime() - keepDays * DAY_MS);
    return this.sessions.filter({ absoluteExpiresAt__lt: before }).delete();
  }

  async #punishReuse({ session, session__user: userId }: RefreshStanding, client: ClientInfo): Promise<void> {
    await this.sessions.atomic(async () => {
      if (!(await this.revoke(session, 'reuse'))) return;
      await this.events.record('authn_token_reuse', { userId, sessionId: session, client });
    });
  }

  async #pair(user: Subject, sessionId: string, refresh: IssuedRefreshToken): Promise<TokenPair> {
    return {
      accessToken: await this.tokens.createAccessToken({ user, sessionId }),
      refreshToken: await this.tokens.writeRefreshToken(user, refresh),
      expiresIn: this.tokens.accessTokenLifetime,
      sessionId,
    };
  }
}
