import { BadRequestException, ConflictException, UnauthorizedException } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountMails } from '../accounts/account-mails.js';
import { AccountSteps } from '../accounts/account-steps.js';
import { clientInfoOf } from '../events/client-info.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { holdUser } from '../users/held-user.js';
import { RecoveryCodes } from './recovery-codes.service.js';
import { type TotpEnrolment, TotpFactors } from './totp-factors.js';

/** By what a user showed that he has his device. */
export type SecondFactor = 'otp' | 'recovery_code';

/** Whether a user signs in by two factors. */
export interface TwoFactorStatus {
  readonly isEnabled: boolean;
  readonly confirmedAt: Date | null;
  readonly recoveryCodesLeft: number;
}

type UserId = number | string;

const WRONG_CODE = 'The code is not valid.';

/** The second factor of users: codes of an app (RFC 6238), and codes for who lost it. */
@Injectable()
export class TwoFactor {
  constructor(
    private readonly apps: TotpFactors,
    private readonly codes: RecoveryCodes,
    private readonly throttle: CredentialThrottle,
    private readonly steps: AccountSteps,
    private readonly mails: AccountMails,
  ) {}

  async isEnabled(userId: UserId): Promise<boolean> {
    return this.apps.confirmed(userId).exists();
  }

  async status(userId: UserId): Promise<TwoFactorStatus> {
    const app = await this.apps.confirmed(userId).getOrNull();
    if (!app) return { isEnabled: false, confirmedAt: null, recoveryCodesLeft: 0 };
    return { isEnabled: true, confirmedAt: app.confirmedAt, recoveryCodesLeft: await this.codes.left(userId) };
  }

  /** Makes a secret for an app, which counts once it is confirmed. @throws ConflictException when there is one that counts. */
  async enrol(user: Pick<AbstractBaseUser, 'id' | 'email'>): Promise<TotpEnrolment> {
    return this.apps.atomic(async () => {
      await holdUser(this.steps.users, user.id);
      await this.#refuseEnabled(user.id);
      return this.apps.enrol(user);
    });
  }

  /**
   * Makes the app count, once it made a right code; answers the recovery codes, which are told this once.
   *
   * @throws BadRequestException for a wrong code, ConflictException when another app counts already.
   */
  async confirm(user: AbstractBaseUser, code: string, request: FastifyRequest): Promise<string[]> {
    await this.#refuseEnabled(user.id);
    const counted = await this.throttle.attempt(request, accountOf(user.id));
    const recoveryCodes = await this.apps.atomic(async () => {
      if (!(await this.apps.confirm(user.id, code))) return null;
      await this.steps.events.record('authn_mfa_enabled', { userId: user.id, client: clientInfoOf(request) });
      return this.codes.replace(user.id);
    });
    if (!recoveryCodes) throw new BadRequestException(WRONG_CODE, { code: 'invalid_code' });
    await counted.succeeded();
    this.mails.twoFactorChanged(user, true);
    await this.steps.hooks.onAfterTwoFactorEnable(user);
    return recoveryCodes;
  }

  /** Takes the second factor away; answers whether there was one. */
  async disable(user: AbstractBaseUser, request?: FastifyRequest): Promise<boolean> {
    const wasEnabled = await this.apps.atomic(async () => {
      await this.codes.clear(user.id);
      if (!(await this.apps.remove(user.id))) return false;
      const client = request && clientInfoOf(request);
      await this.steps.events.record('authn_mfa_disabled', { userId: user.id, client });
      return true;
    });
    if (!wasEnabled) return false;
    this.mails.twoFactorChanged(user, false);
    await this.steps.hooks.onAfterTwoFactorDisable(user);
    return true;
  }

  /** Makes new recovery codes in place of the old ones. @throws ConflictException unless there is a second factor. */
  async renewRecoveryCodes(user: AbstractBaseUser, request: FastifyRequest): Promise<string[]> {
    if (!(await this.isEnabled(user.id))) {
      throw new ConflictException('Two-factor authentication is off.', { code: 'two_factor_disabled' });
    }
    return this.apps.atomic(async () => {
      const parts = { userId: user.id, client: clientInfoOf(request) };
      await this.steps.events.record('authn_recovery_codes_renewed', parts);
      return this.codes.replace(user.id);
    });
  }

  /**
   * Checks a code of the app, or a recovery code; each is good once. Tries of both are counted together.
   *
   * @throws UnauthorizedException for a wrong one, RateLimitException after too many.
   */
  async check(userId: UserId, code: string, request: FastifyRequest): Promise<SecondFactor> {
    const counted = await this.throttle.attempt(request, accountOf(userId));
    const factor = await this.#redeem(userId, code.trim());
    if (factor) {
      await counted.succeeded();
      return factor;
    }
    const name = counted.isLast ? 'authn_mfa_lock' : 'authn_mfa_fail';
    await this.steps.events.record(name, { userId, client: clientInfoOf(request) });
    throw new UnauthorizedException(WRONG_CODE, { code: 'invalid_code' });
  }

  async #redeem(userId: UserId, code: string): Promise<SecondFactor | null> {
    if (await this.apps.redeem(userId, code)) return 'otp';
    return (await this.codes.redeem(userId, code)) ? 'recovery_code' : null;
  }

  async #refuseEnabled(userId: UserId): Promise<void> {
    if (!(await this.isEnabled(userId))) return;
    throw new ConflictException('Two-factor authentication is on already.', { code: 'two_factor_enabled' });
  }
}

function accountOf(userId: UserId): string {
  return `two-factor:${userId}`;
}
