import { EventBus, type EventDeclaration } from '@core-framework/messaging';
import { Injectable } from '@nestjs/common';
import { Allow, IsEmail, IsISO8601, IsObject, IsOptional, IsString } from 'class-validator';
import { type AccountEvent, AccountEventPublisher } from '../events/account-event-publisher.js';

/** Where events of accounts are published. */
const TOPIC = 'account-events';

/** What others are told of an account. */
export class AccountEventData {
  /** Key of the user. */
  @Allow() id!: number | string;
  /** The address of the account, where the event is about it. */
  @IsOptional() @IsEmail() email?: string;
  /** The sign-in that it happened in, if any. */
  @IsOptional() @IsString() sessionId?: string;
  @IsISO8601() at!: string;
  @IsObject() detail!: Record<string, unknown>;
}

const DESCRIPTIONS = {
  'user.created': 'Somebody has an account now.',
  'user.updated': 'Somebody changed an account.',
  'user.deleted': 'An account is there no longer.',
  'user.verified': "An address was shown to be its user's.",
  'user.email_changed': 'An account has another address.',
  'user.logged_in': 'Somebody signed in.',
  'user.logged_out': 'Somebody signed out.',
  'user.password_changed': 'Somebody changed his password.',
  'user.password_reset': 'Somebody set a new password by a mailed link.',
  'user.two_factor_enabled': 'Codes are asked for when somebody signs in.',
  'user.two_factor_disabled': 'Codes are asked for no longer.',
  'user.token_reused': 'A refresh token came back that was exchanged long ago: it was stolen.',
  'user.permissions_changed': 'A role was given to somebody, or taken.',
} as const;

/** Which of what the audit trail records is published, and under which name. */
const PUBLISHED: Readonly<Record<string, keyof typeof DESCRIPTIONS>> = {
  user_created: 'user.created',
  user_updated: 'user.updated',
  user_deleted: 'user.deleted',
  user_verified: 'user.verified',
  user_email_change: 'user.email_changed',
  authn_login_success: 'user.logged_in',
  authn_logout: 'user.logged_out',
  authn_password_change: 'user.password_changed',
  authn_password_reset: 'user.password_reset',
  authn_mfa_enabled: 'user.two_factor_enabled',
  authn_mfa_disabled: 'user.two_factor_disabled',
  authn_token_reuse: 'user.token_reused',
  authz_change: 'user.permissions_changed',
};

/** The events of accounts, for `MessagingModule.forFeature([], { events: ACCOUNT_EVENTS })`. */
export const ACCOUNT_EVENTS: readonly EventDeclaration[] = Object.entries(DESCRIPTIONS).map(([name, description]) => ({
  name,
  topic: TOPIC,
  payload: AccountEventData,
  description,
}));

/** Publishes what happens to accounts, each event if and only if its step is committed; those of one account keep their order. */
@Injectable()
export class MessagingAccountEvents extends AccountEventPublisher {
  constructor(private readonly bus: EventBus) {
    super();
  }

  async publish({ name, userId, sessionId, at, email, detail }: AccountEvent): Promise<void> {
    const event = PUBLISHED[name];
    if (event === undefined) return;
    const data = {
      id: userId,
      ...(email !== undefined && { email }),
      ...(sessionId !== null && { sessionId }),
      at: at.toISOString(),
      detail,
    };
    await this.bus.publish(event, data, { topic: TOPIC, key: String(userId) });
  }
}
