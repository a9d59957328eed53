import { modelDefinition, timezone } from '@core-framework/orm';
import {
  Action,
  type ActionContext,
  Context as ContextOf,
  Instance,
  IsAdmin,
  ModelViewSet,
  ViewSet,
} from '@core-framework/viewset';
import { Inject, type Type } from '@nestjs/common';
import { AccountSteps } from '../accounts/account-steps.js';
import { PasswordRules } from '../accounts/password-rules.js';
import type { UserModel } from '../auth.options.js';
import type { AuthEventParts } from '../events/auth-events.service.js';
import { clientInfoOf } from '../events/client-info.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { REVOKED_SESSIONS } from './auth.answers.js';
import { adminInput } from './auth.inputs.js';

type Changes = Readonly<Record<string, unknown>> & { readonly password?: string | null };
type Context = ActionContext<AbstractBaseUser, Changes>;

/**
 * All accounts, for superusers: below `/users`, flags and passwords included. A password that is set, and an account that is
 * switched off, ends all sessions of the user.
 */
export abstract class UsersViewSet extends ModelViewSet<AbstractBaseUser, Changes> {
  constructor(
    @Inject(AccountSteps) private readonly steps: AccountSteps,
    @Inject(PasswordRules) private readonly rules: PasswordRules,
  ) {
    super();
  }

  override async performCreateValidation(data: Changes): Promise<Changes> {
    return this.#withHash(data, data);
  }

  override async performUpdateValidation(data: Changes, user: AbstractBaseUser): Promise<Changes> {
    const { passwordHash, ...rest } = await this.#withHash(data, user);
    if (passwordHash === undefined) return rest;
    return { ...rest, passwordHash, passwordChangedAt: timezone.now(), tokenVersion: user.tokenVersion + 1 };
  }

  override async afterCreate(user: AbstractBaseUser, context: Context): Promise<void> {
    await this.#record('user_created', user, context, { email: user.email });
  }

  override async afterUpdate(user: AbstractBaseUser, context: Context): Promise<void> {
    if (!user.isActive || 'passwordHash' in context.input) await this.steps.endAll(user.id, 'deactivated');
    else if ('email' in context.input) await this.steps.voidLinks(user.id);
    const fields = Object.keys(context.input).map((field) => AS_GIVEN[field] ?? field);
    await this.#record('user_updated', user, context, { detail: { fields } });
  }

  override async beforeDestroy(user: AbstractBaseUser, context: Context): Promise<void> {
    await this.#record('user_deleted', user, context);
  }

  /** For an account that somebody else may have got into; the password stays. */
  @Action({
    method: 'POST',
    path: 'revoke-sessions',
    detail: true,
    response: REVOKED_SESSIONS,
    summary: 'End all sessions of a user',
  })
  async revokeSessions(@Instance() user: AbstractBaseUser, @ContextOf() context: Context): Promise<object> {
    user.tokenVersion += 1;
    await user.save();
    const revoked = await this.steps.endAll(user.id, 'revoked');
    await this.#record('authn_token_revoked', user, context, { detail: { revoked } });
    return { revoked };
  }

  /** Hashed before the transaction begins. */
  async #withHash({ password, ...rest }: Changes, person: object): Promise<Changes & { passwordHash?: string | null }> {
    if (password === undefined) return rest;
    if (password === null) return { ...rest, passwordHash: null };
    this.rules.check('password', password, person);
    return { ...rest, passwordHash: await this.rules.hash(password) };
  }

  #record(
    name: string,
    { id: userId }: AbstractBaseUser,
    { request, principal }: Pick<Context, 'request' | 'principal'>,
    { email, detail }: Pick<AuthEventParts, 'email' | 'detail'> = {},
  ): Promise<void> {
    const parts = { userId, client: clientInfoOf(request), detail: { by: String(principal.id), ...detail } };
    return this.steps.events.record(name, { ...parts, ...(email !== undefined && { email }) });
  }
}

/** What is written when a password is given is told by the name under which it was. */
const AS_GIVEN: Readonly<Record<string, string>> = { passwordHash: 'password' };

/** Makes the view of an application's users. */
export function usersViewFor(userModel: UserModel, bodyLimit: number): Type<UsersViewSet> {
  class ApplicationUsersViewSet extends (UsersViewSet as unknown as Type<UsersViewSet>) {}
  const hasFiles = [...modelDefinition(userModel).fields.values()].some(({ file }) => file);
  ViewSet({
    path: 'users',
    model: userModel,
    input: adminInput(userModel),
    permissions: [IsAdmin],
    tags: ['Users'],
    uniqueFields: ['email'],
    search: ['email', 'firstName', 'lastName'],
    filter: ['isActive', 'isStaff', 'isSuperuser', 'isVerified'],
    ordering: ['email', 'dateJoined', 'lastLogin'],
    // Files are measured by their own rules, up to what the server takes.
    ...(!hasFiles && { bodyLimit }),
  })(ApplicationUsersViewSet);
  return ApplicationUsersViewSet;
}
