import { InvalidInputException } from '@core-framework/common';
import { UniqueViolationError } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { clientInfoOf } from '../events/client-info.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { NewUser } from '../users/user.manager.js';
import { writableValues } from '../users/writable-values.js';
import { AccountSteps } from './account-steps.js';
import { AccountMails } from './account-mails.js';
import { PasswordRules } from './password-rules.js';

/** What a new account is made of; checked by the schema of the endpoint. */
export type Registration = Readonly<Record<string, unknown>> & { readonly email: string; readonly password: string };

/** Opens accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly steps: AccountSteps,
    private readonly rules: PasswordRules,
    private readonly throttle: CredentialThrottle,
    private readonly mails: AccountMails,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /**
   * Opens an account. Where addresses have to be confirmed, `null` tells that there is one already: whoever asked is told
   * the same as everybody, and the owner is told by mail.
   *
   * @throws InvalidInputException when the password breaks the policy, or the address is taken and that is no secret.
   * @throws RateLimitException after too many registrations from one client, before a password is hashed.
   */
  async register(input: Registration, request: FastifyRequest): Promise<AbstractBaseUser | null> {
    await this.throttle.request(request, 'register');
    this.rules.check('password', input.password, input);
    const known = await this.steps.users.getByEmail(input.email);
    if (known && !this.options.requireVerification) throw taken();
    const { email } = input;
    // Where nobody may learn that there is an account, it takes as much work as a new one.
    const passwordHash = await this.rules.hash(input.password);
    if (known) return this.#refuseKnown(known, request);
    const values = { ...writableValues(this.steps.users.model, input), email, passwordHash };
    const user = await this.#create(values, request);
    if (user === null) return null;
    if (this.options.requireVerification) this.mails.afterwards(() => this.mails.verification(user));
    await this.steps.hooks.onAfterRegister(user);
    return user;
  }

  async #create(values: NewUser<AbstractBaseUser>, request: FastifyRequest): Promise<AbstractBaseUser | null> {
    try {
      return await this.steps.users.atomic(async () => {
        const user = await this.steps.users.createUser(values);
        const parts = { userId: user.id, email: user.email, client: clientInfoOf(request) };
        await this.steps.events.record('user_created', parts);
        return user;
      });
    } catch (error) {
      // Somebody took the address in between; other unique fields tell for themselves.
      const known = error instanceof UniqueViolationError ? await this.steps.users.getByEmail(values.email) : null;
      if (known) return this.#refuseKnown(known, request);
      throw error;
    }
  }

  async #refuseKnown(known: AbstractBaseUser, request: FastifyRequest): Promise<null> {
    if (!this.options.requireVerification) throw taken();
    const detail = { user: String(known.id) };
    await this.steps.events.record('user_register_taken', { client: clientInfoOf(request), detail });
    this.mails.afterwards(() => this.mails.alreadyRegistered(known));
    return null;
  }
}

function taken(): InvalidInputException {
  const message = 'Email already registered.';
  return new InvalidInputException({ email: [{ code: 'email_already_registered', message }] }, message);
}
