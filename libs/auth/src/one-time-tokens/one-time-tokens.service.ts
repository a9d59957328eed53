import { createHash, randomBytes } from 'node:crypto';
import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager, UniqueViolationError } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { OneTimeToken } from './one-time-token.model.js';

const DAY_MS = 86_400_000;

/** What a token that was mailed is good for. */
export type TokenPurpose = 'reset_password' | 'verify_email' | 'change_email' | 'oauth_sign_in' | (string & {});

/** Whom a token stands for. */
export interface TokenHolder {
  readonly userId: number | string;
  /** The address that it was mailed to. */
  readonly email: string;
  readonly issuedAt: Date;
}

/** Makes and redeems codes that work once; their hashes are kept, never they themselves. */
@Injectable()
export class OneTimeTokens {
  constructor(
    @InjectManager(OneTimeToken) private readonly tokens: Manager<OneTimeToken>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes a code for a user; older ones of the same purpose are good no longer. */
  async issue(user: Pick<AbstractBaseUser, 'id' | 'email'>, purpose: TokenPurpose, minutes: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + minutes * 60_000);
    await this.tokens.atomic(async () => {
      await this.void(user.id, purpose);
      const { id, email } = user;
      await this.tokens.createRow({ user: id, purpose, hash: hashOf(token), email, createdAt, expiresAt });
    });
    return token;
  }

  /** Whom a code stands for that could be redeemed now. */
  async find(token: string, purpose: TokenPurpose): Promise<TokenHolder | null> {
    const [row] = await this.#good(token, purpose).rows({ columns: ['user', 'email', 'createdAt'] });
    if (!row) return null;
    return { userId: row.user as number | string, email: row.email as string, issuedAt: row.createdAt as Date };
  }

  /** Redeems a code: of those who try at once, one succeeds. */
  async redeem(token: string, purpose: TokenPurpose): Promise<boolean> {
    return (await this.#good(token, purpose).update({ usedAt: this.clock.now() })) === 1;
  }

  /** Notes that a user used a code that was not made here: `false` when somebody did before, or at the same moment. */
  async useUp(
    user: Pick<AbstractBaseUser, 'id' | 'email'>,
    purpose: TokenPurpose,
    token: string,
    minutes: number,
  ): Promise<boolean> {
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + minutes * 60_000);
    const { id, email } = user;
    const hash = hashOf(`${purpose}:${token}`);
    try {
      await this.tokens.atomic(() =>
        this.tokens.createRow({ user: id, purpose, hash, email, createdAt, expiresAt, usedAt: createdAt }),
      );
      return true;
    } catch (error) {
      if (error instanceof UniqueViolationError) return false;
      throw error;
    }
  }

  /** Makes the codes of a user for these purposes worthless. */
  async void(userId: number | string, ...purposes: readonly TokenPurpose[]): Promise<void> {
    const open = this.tokens.where({ user: userId, purpose__in: purposes, usedAt__isnull: true });
    await open.update({ usedAt: this.clock.now() });
  }

  /** Deletes the codes that ran out some time ago; answers how many. For a task that runs daily. */
  async clearExpired(keepDays = 1): Promise<number> {
    const before = new Date(this.clock.now().getTime() - keepDays * DAY_MS);
    return this.tokens.filter({ expiresAt__lt: before }).delete();
  }

  #good(token: string, purpose: TokenPurpose) {
    const now = this.clock.now();
    const good = this.tokens.filter({ hash: hashOf(token), purpose, usedAt__isnull: true, expiresAt__gt: now });
    // A code is often shown sooner than a replica knows of it.
    return good.using('primary');
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
