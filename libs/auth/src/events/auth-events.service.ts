import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { AccountEventPublisher } from './account-event-publisher.js';
import { AuthEvent } from './auth-event.model.js';
import type { ClientInfo } from './client-info.js';

/** What is recorded, in the words of OWASP's logging vocabulary where it has one. */
export type AuthEventName =
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_login_lock'
  | 'authn_logout'
  | 'authn_token_reuse'
  | 'authn_token_revoked'
  | 'authn_password_change'
  | 'authn_password_reset'
  | 'authn_mfa_enabled'
  | 'authn_mfa_disabled'
  | 'authn_mfa_fail'
  | 'authn_mfa_lock'
  | 'authn_recovery_codes_renewed'
  | 'authn_oauth_linked'
  | 'authn_oauth_unlinked'
  | 'user_created'
  | 'user_register_taken'
  | 'user_updated'
  | 'user_deleted'
  | 'user_verified'
  | 'authz_change'
  | (string & {});

/** Further circumstances of an event; never a secret. */
export interface AuthEventParts {
  readonly userId?: number | string | null;
  readonly sessionId?: string | null;
  readonly client?: ClientInfo;
  /** The address of the account, for those who are told of the event; it is not recorded. */
  readonly email?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** Writes the audit trail: in the transaction of the work in hand, so that it says what happened and nothing else. */
@Injectable()
export class AuthEvents {
  constructor(
    @InjectManager(AuthEvent) private readonly events: Manager<AuthEvent>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() private readonly publisher?: AccountEventPublisher,
  ) {}

  /** Records an event, and tells those who want to know of accounts: both, or neither. */
  async record(name: AuthEventName, parts: AuthEventParts): Promise<void> {
    const { publisher } = this;
    const { userId, sessionId = null, email, detail = {} } = parts;
    const at = this.clock.now();
    if (!publisher || userId == null) return this.#write(name, parts, at);
    await this.events.atomic(async () => {
      await this.#write(name, parts, at);
      await publisher.publish({ name, userId, sessionId, at, detail, ...(email !== undefined && { email }) });
    });
  }

  async #write(name: string, parts: AuthEventParts, createdAt: Date): Promise<void> {
    const { userId, sessionId = null, client, detail = {} } = parts;
    await this.events.createRow({
      name,
      userId: userId == null ? null : String(userId),
      sessionId,
      createdAt,
      ip: client?.ip ?? null,
      userAgent: client?.userAgent ?? null,
      requestId: client?.requestId ?? null,
      detail,
    });
  }
}
