import type { AuthEventName } from './auth-events.service.js';

/** Something that happened to an account. It never holds a secret. */
export interface AccountEvent {
  /** As the audit trail names it. */
  readonly name: AuthEventName;
  readonly userId: number | string;
  readonly sessionId: string | null;
  readonly at: Date;
  /** The address of the account, where the event is about it; the audit trail does not keep it. */
  readonly email?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Tells other parts of a system what happened to accounts. It is called in the transaction of the step, and what it throws takes
 * that back. Name yours as `AuthModule.forRoot({ accountEvents: MyPublisher })`; `MessagingAccountEvents` of
 * `@core-framework/auth/messaging` publishes by the application's broker.
 */
export abstract class AccountEventPublisher {
  abstract publish(event: AccountEvent): Promise<void>;
}
