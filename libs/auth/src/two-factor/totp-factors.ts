import { type Clock, CLOCK } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { SecretBox } from '../secrets/secret-box.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { MfaFactor } from './mfa-factor.model.js';
import { newTotpSecret, totpStepOf, totpUri } from './totp.js';

type UserId = number | string;

/** What an app is set up with. */
export interface TotpEnrolment {
  /** To be typed in. */
  readonly secret: string;
  /** To be shown as a QR code. */
  readonly uri: string;
}

/** The apps of users that make codes, as they stand in the database. */
@Injectable()
export class TotpFactors {
  constructor(
    @InjectManager(MfaFactor) private readonly factors: Manager<MfaFactor>,
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(CoreSettings) private readonly settings?: CoreSettings,
  ) {}

  /** The app of a user that counts. */
  confirmed(userId: UserId) {
    // For a replica that is late a sign-in would need no code.
    return this.factors.where({ user: userId, confirmedAt__isnull: false }).using('primary');
  }

  atomic<T>(work: () => Promise<T>): Promise<T> {
    return this.factors.atomic(work);
  }

  /** Makes a secret in place of one that was not confirmed. */
  async enrol({ id, email }: Pick<AbstractBaseUser, 'id' | 'email'>): Promise<TotpEnrolment> {
    const secret = newTotpSecret();
    const values = { secret: this.box.seal(secret, contextOf(id)), createdAt: this.clock.now(), confirmedAt: null };
    await this.atomic(async () => {
      await this.#open(id).delete();
      await this.factors.createRow({ user: id, ...values, lastStep: 0 });
    });
    return { secret, uri: totpUri(this.settings?.appName ?? 'Account', email, secret) };
  }

  /** Makes an app count by its first code; answers whether it does now, and did not before. */
  async confirm(userId: UserId, code: string): Promise<boolean> {
    const factor = await this.#open(userId).getOrNull();
    const match = factor && this.#match(factor, userId, code);
    if (!match) return false;
    const now = this.clock.now();
    const changes = { confirmedAt: now, lastStep: match.step, lastUsedAt: now };
    return (await this.#open(userId).where({ id: factor.id }).update(changes)) === 1;
  }

  /** Redeems a code: of those who try at once, one succeeds, and neither it nor an earlier one is good again. */
  async redeem(userId: UserId, code: string): Promise<boolean> {
    const factor = await this.confirmed(userId).getOrNull();
    const match = factor && this.#match(factor, userId, code);
    if (!match) return false;
    // Sealed anew, so that a former key can go.
    const secret = this.box.seal(match.secret, contextOf(userId));
    const unused = this.factors.filter({ id: factor.id, lastStep__lt: match.step });
    return (await unused.update({ lastStep: match.step, lastUsedAt: this.clock.now(), secret })) === 1;
  }

  /** Takes the app away; answers whether it counted. */
  async remove(userId: UserId): Promise<boolean> {
    const counted = await this.confirmed(userId).delete();
    await this.#open(userId).delete();
    return counted > 0;
  }

  #match({ secret: sealed }: MfaFactor, userId: UserId, code: string): { secret: string; step: number } | null {
    const secret = this.box.open(sealed, contextOf(userId));
    const step = secret === null ? null : totpStepOf(code.replace(/\s/g, ''), secret, this.clock.now());
    return secret === null || step === null ? null : { secret, step };
  }

  #open(userId: UserId) {
    return this.factors.where({ user: userId, confirmedAt__isnull: true }).using('primary');
  }
}

function contextOf(userId: UserId): string {
  return `totp:${userId}`;
}
