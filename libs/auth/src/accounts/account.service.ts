import { type Clock, CLOCK, ForbiddenException, InvalidInputException, type Principal } from '@core-framework/common';
import { UniqueViolationError } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { UserPrincipal } from '../authentication/user-principal.js';
import { clientInfoOf } from '../events/client-info.js';
import { SIGN_IN_AGAIN, signedInRecently } from '../permissions/session.permissions.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { writableValues } from '../users/writable-values.js';
import { AccountSteps } from './account-steps.js';

/** What users do with their own account and their own sessions. */
@Injectable()
export class AccountService {
  @Inject(CLOCK) private readonly clock!: Clock;

  constructor(
    private readonly steps: AccountSteps,
    private readonly throttle: CredentialThrottle,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /** The user who calls, however the application found out. @throws ForbiddenException for a caller that is no user. */
  callerOf(principal: Principal): UserPrincipal {
    if (principal instanceof UserPrincipal) return principal;
    const { id, isActive, isStaff, isSuperuser } = principal;
    if (id === null) throw new ForbiddenException('The caller has no account here.', { code: 'no_account' });
    const standing = { id, isActive, isStaff, isSuperuser, isVerified: false };
    return new UserPrincipal(standing, { backend: 'other' }, this.steps.users);
  }

  /** What whoever registered is told: of the account, or where that is a secret, the same in any case. */
  registered<U extends AbstractBaseUser>(user: U | null): U | { readonly message: string } {
    if (user !== null && !this.options.requireVerification) return user;
    return { message: 'Check your e-mail to confirm the address.' };
  }

  async refresh(refreshToken: string, request: FastifyRequest): Promise<TokenPair> {
    await this.throttle.request(request, 'refresh');
    return this.steps.sessions.refresh(refreshToken, clientInfoOf(request));
  }

  async logout({ id, proof: { sessionId } }: UserPrincipal, request: FastifyRequest): Promise<void> {
    if (sessionId === undefined) return;
    await this.steps.users.atomic(async () => {
      await this.steps.sessions.revoke(sessionId, 'logout');
      await this.steps.events.record('authn_logout', { userId: id, sessionId, client: clientInfoOf(request) });
    });
  }

  /** @throws InvalidInputException when a value is taken by another user. */
  async update(user: AbstractBaseUser, input: object, request: FastifyRequest): Promise<AbstractBaseUser> {
    const changes = writableValues(this.steps.users.model, input);
    Object.assign(user, changes);
    try {
      await this.steps.users.atomic(async () => {
        await user.save();
        const detail = { fields: Object.keys(changes) };
        await this.steps.events.record('user_updated', { userId: user.id, client: clientInfoOf(request), detail });
      });
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      const taken = [{ code: 'unique', message: 'This value is taken.' }];
      const fields = error.fields.length > 0 ? error.fields : Object.keys(changes);
      throw new InvalidInputException(Object.fromEntries(fields.map((field) => [field, taken])));
    }
    await this.steps.hooks.onAfterUpdate(user, changes);
    return user;
  }

  async delete(user: AbstractBaseUser, request: FastifyRequest): Promise<void> {
    const { id: userId } = user;
    await this.steps.hooks.onBeforeDelete(user);
    await this.steps.users.atomic(async () => {
      await user.delete();
      await this.steps.events.record('user_deleted', { userId, client: clientInfoOf(request) });
    });
    await this.steps.hooks.onAfterDelete(user);
  }

  /** For what who has no password cannot confirm by it. @throws ForbiddenException */
  demandRecentSignIn(caller: UserPrincipal): void {
    if (signedInRecently(caller, this.clock)) return;
    throw new ForbiddenException(SIGN_IN_AGAIN.message, { code: SIGN_IN_AGAIN.code });
  }

  /** Counts the caller's session as begun just now, for what asks for a recent sign-in. */
  async noteReauthentication({ id, proof: { sessionId } }: UserPrincipal, request: FastifyRequest): Promise<void> {
    if (sessionId === undefined) return;
    await this.steps.sessions.reauthenticated(sessionId);
    await this.steps.events.record('authn_reauthenticated', { userId: id, sessionId, client: clientInfoOf(request) });
  }

  /** The sessions that are going on, and which of them asks. */
  async sessions({ id, proof }: UserPrincipal): Promise<object[]> {
    const all = await this.steps.sessions.current(id).limit(100).all();
    return all.map((session) => ({
      id: session.id,
      createdAt: session.createdAt,
      lastSeenAt: session.lastSeenAt,
      expiresAt: session.idleExpiresAt,
      ip: session.ip,
      userAgent: session.userAgent,
      authMethods: session.authMethods,
      isCurrent: session.id === proof.sessionId,
    }));
  }

  /** Ends one of the caller's own sessions; answers whether it is one. */
  async endSession({ id }: UserPrincipal, sessionId: string, request: FastifyRequest): Promise<boolean> {
    if (!(await this.steps.sessions.current(id).where({ id: sessionId }).exists())) return false;
    await this.steps.sessions.revoke(sessionId, 'revoked');
    await this.steps.events.record('authn_token_revoked', { userId: id, sessionId, client: clientInfoOf(request) });
    return true;
  }

  async endOtherSessions({ id, proof }: UserPrincipal, request: FastifyRequest): Promise<number> {
    const revoked = await this.steps.sessions.revokeAll(id, 'revoked', proof.sessionId);
    const detail = { revoked };
    await this.steps.events.record('authn_token_revoked', { userId: id, client: clientInfoOf(request), detail });
    return revoked;
  }
}
