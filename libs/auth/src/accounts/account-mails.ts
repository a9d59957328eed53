import { CoreSettings } from '@core-framework/config';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { PostOffice } from '../mail/post-office.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';

type Addressee = Pick<AbstractBaseUser, 'id' | 'email'>;

/**
 * The mails of accounts. Links lead to `AUTH_PUBLIC_URL` and carry their token behind a `#`, which browsers send nowhere.
 * Extend it to word them otherwise, and name the class as `AuthModule.forRoot({ mails: MyMails })`.
 */
@Injectable()
export class AccountMails {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly throttle: CredentialThrottle,
    private readonly post: PostOffice,
    @Inject(RESOLVED_AUTH_OPTIONS) protected readonly options: ResolvedAuthOptions,
    @Optional() @Inject(CoreSettings) protected readonly settings?: CoreSettings,
  ) {}

  /** Does what belongs to a mail once the answer is out, which then tells nobody by its time whether there was something to do. */
  afterwards(work: () => Promise<unknown>): void {
    this.post.later(work);
  }

  /** Mails a link that confirms the address; answers its token, `null` when the address has had enough mails. */
  async verification(user: Addressee): Promise<string | null> {
    if (!(await this.throttle.mail(user.email))) return null;
    const token = await this.tokens.issue(user, 'verify_email', this.options.verifyExpireHours * 60);
    const text = `Open this link to confirm your e-mail address:\n\n${this.link('verify-email', token)}\n`;
    this.send(user, 'Confirm your e-mail address', text);
    return token;
  }

  /** Mails a link that sets a new password, likewise. */
  async passwordReset(user: Addressee): Promise<string | null> {
    if (!(await this.throttle.mail(user.email))) return null;
    const token = await this.tokens.issue(user, 'reset_password', this.options.resetExpireMinutes);
    const text = `Open this link to set a new password. If you did not ask for it, do nothing.\n\n${this.link('reset-password', token)}\n`;
    this.send(user, 'Set a new password', text);
    return token;
  }

  /** Mails a link that makes an address the one of an account; answers its token, likewise. */
  async emailChange(user: Addressee): Promise<string | null> {
    if (!(await this.throttle.mail(user.email))) return null;
    const token = await this.tokens.issue(user, 'change_email', this.options.verifyExpireHours * 60);
    const text = `Open this link to use this address for your account:\n\n${this.link('change-email', token)}\n`;
    this.send(user, 'Confirm your new e-mail address', text);
    return token;
  }

  /** Tells the former address that it is no longer the one of the account. */
  emailChanged(user: Addressee): void {
    const text = 'Your account has another e-mail address now. If that was not you, tell us at once.\n';
    this.send(user, 'Your e-mail address was changed', text);
  }

  /** Tells the owner of an account that somebody tried to open another one. */
  async alreadyRegistered(user: Addressee): Promise<void> {
    if (!(await this.throttle.mail(user.email))) return;
    const text = `Somebody tried to register with this address, which has an account already. If that was you, sign in or set a new password: ${this.options.publicUrl}\n`;
    this.send(user, 'You already have an account', text);
  }

  /** Tells the owner that the password is another one now. */
  passwordChanged(user: Addressee): void {
    this.send(user, 'Your password was changed', 'If that was not you, set a new password at once and tell us.\n');
  }

  /** Tells the owner that codes are asked for from now on, or are no longer. */
  twoFactorChanged(user: Addressee, isEnabled: boolean): void {
    const what = `Two-factor authentication was switched ${isEnabled ? 'on' : 'off'}`;
    this.send(user, what, 'If that was not you, set a new password at once and tell us.\n');
  }

  protected link(page: string, token: string): string {
    return `${this.options.publicUrl.replace(/(?<!\/)\/+$/, '')}/${page}#token=${token}`;
  }

  protected send({ email }: Addressee, subject: string, text: string): void {
    this.post.post({ to: email, subject: `${this.settings?.appName ?? 'Account'}: ${subject}`, text });
  }
}
