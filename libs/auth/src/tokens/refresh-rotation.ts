import { randomUUID } from 'node:crypto';
import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { Session } from '../sessions/session.model.js';
import { RefreshToken } from './refresh-token.model.js';
import { wholeSeconds } from './tokens.service.js';

const DAY_MS = 86_400_000;

/** What a refresh token is written from; always the same text. */
export interface IssuedRefreshToken {
  readonly id: string;
  readonly session: string;
  readonly parentJti?: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A refresh token as it stands in the database, with its session and user. */
export interface RefreshStanding extends IssuedRefreshToken {
  readonly rotatedAt: Date | null;
  readonly successorJti: string | null;
  readonly session__user: number | string;
  readonly session__revokedAt: Date | null;
  readonly session__idleExpiresAt: Date;
  readonly session__absoluteExpiresAt: Date;
  readonly session__user__isActive: boolean;
  readonly session__user__tokenVersion: number;
}

const COLUMNS = [
  'id',
  'session',
  'issuedAt',
  'expiresAt',
  'rotatedAt',
  'successorJti',
  'session__user',
  'session__revokedAt',
  'session__idleExpiresAt',
  'session__absoluteExpiresAt',
  'session__user__isActive',
  'session__user__tokenVersion',
];

/** Replaces refresh tokens by their successors. */
@Injectable()
export class RefreshRotation {
  constructor(
    @InjectManager(RefreshToken) private readonly tokens: Manager<RefreshToken>,
    @InjectManager(Session) private readonly sessions: Manager<Session>,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** When a session that starts now ends in any case. */
  get latestEnd(): Date {
    return new Date(this.clock.now().getTime() + this.options.sessionExpireDays * DAY_MS);
  }

  /** A token for a session that ends at `latest` in any case; stored by whoever asks. */
  next(session: string, parentJti: string | null, latest: Date): IssuedRefreshToken {
    const issuedAt = wholeSeconds(this.clock.now());
    const idle = issuedAt.getTime() + this.options.refreshTokenExpireDays * DAY_MS;
    const expiresAt = wholeSeconds(new Date(Math.min(idle, latest.getTime())));
    return { id: randomUUID(), session, parentJti, issuedAt, expiresAt };
  }

  async store(token: IssuedRefreshToken): Promise<void> {
    await this.tokens.createRow(token);
  }

  /** What is known of a token, asked where no write is missing yet. */
  async standingOf(jti: string): Promise<RefreshStanding | undefined> {
    const [row] = await this.tokens.where({ id: jti }).using('primary').rows({ columns: COLUMNS });
    return row as unknown as RefreshStanding | undefined;
  }

  isInForce(standing: RefreshStanding): boolean {
    const now = this.clock.now();
    return (
      standing.session__user__isActive &&
      standing.session__revokedAt === null &&
      standing.session__idleExpiresAt > now &&
      standing.session__absoluteExpiresAt > now
    );
  }

  /** The successor that somebody made a moment ago, for whoever asks again. */
  async repeated({ rotatedAt, successorJti }: RefreshStanding): Promise<RefreshStanding | undefined> {
    if (!rotatedAt || !successorJti) return undefined;
    const age = this.clock.now().getTime() - rotatedAt.getTime();
    if (age >= this.options.refreshGraceSeconds * 1000) return undefined;
    const successor = await this.standingOf(successorJti);
    return successor && this.isInForce(successor) ? successor : undefined;
  }

  /** Compare and swap: of requests that come at once with one token, one makes the successor, the others get nothing. */
  rotate(standing: RefreshStanding): Promise<IssuedRefreshToken | undefined> {
    const now = this.clock.now();
    const successor = this.next(standing.session, standing.id, standing.session__absoluteExpiresAt);
    return this.tokens.atomic(async () => {
      const won = await this.tokens
        .filter({ id: standing.id, rotatedAt__isnull: true })
        .update({ rotatedAt: now, successorJti: successor.id });
      if (won === 0) return undefined;
      await this.store(successor);
      await this.sessions
        .filter({ id: standing.session })
        .update({ lastSeenAt: now, idleExpiresAt: successor.expiresAt });
      return successor;
    });
  }
}
