import type { Type } from '@nestjs/common';
import { AccountMails } from '../accounts/account-mails.js';
import { AuthHooks } from '../accounts/auth-hooks.js';
import type { AuthExtras } from '../auth.options.js';
import { AuthBackend } from '../authentication/auth-backend.js';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { AccountEventPublisher } from '../events/account-event-publisher.js';
import { PasswordHasher } from '../hashing/password-hasher.js';
import { MailSender } from '../mail/mail-sender.js';
import { AccessClaims } from '../tokens/access-claims.js';
import { TokenBackend } from '../tokens/token-backend.js';
import { AuthViewSet } from '../views/auth.viewset.js';

type Base = abstract new (...args: never[]) => object;

const SINGLE = {
  tokenBackend: TokenBackend,
  tokenClaims: AccessClaims,
  mailSender: MailSender,
  mails: AccountMails,
  hooks: AuthHooks,
  accountEvents: AccountEventPublisher,
  authViewSet: AuthViewSet,
} as const satisfies Partial<Record<keyof AuthExtras, Base>>;

const LISTS = { hashers: PasswordHasher, backends: AuthBackend } as const satisfies Partial<
  Record<keyof AuthExtras, Base>
>;

/** @throws AuthOptionsError when an option holds something else than the classes that it asks for. */
export function checkClasses(extras: AuthExtras): void {
  for (const [option, base] of Object.entries(SINGLE)) {
    const given: unknown = extras[option as keyof typeof SINGLE];
    if (given !== undefined && given !== false && !isOf(base, given)) refuse(option, base, given);
  }
  for (const [option, base] of Object.entries(LISTS)) checkList(option, base, extras[option as keyof typeof LISTS]);
}

/** @throws AuthOptionsError when one of them is no backend. */
export function checkBackends(backends: readonly Type<AuthBackend>[] | undefined): void {
  checkList('backends', AuthBackend, backends);
}

function checkList(option: string, base: Base, given: unknown = []): void {
  if (!Array.isArray(given))
    throw new AuthOptionsError(`AuthModule: ${option} is no list of classes.`, `Write ${option}: [My${base.name}].`);
  for (const one of given) if (!isOf(base, one)) refuse(`${nameOf(one)} in ${option}`, base, one);
}

function isOf(base: Base, given: unknown): boolean {
  return typeof given === 'function' && (given === base || given.prototype instanceof base);
}

function nameOf(given: unknown): string {
  return typeof given === 'function' ? given.name : 'a member';
}

function refuse(what: string, base: Base, given: unknown): never {
  throw new AuthOptionsError(
    `AuthModule: ${what} does not extend ${base.name}.`,
    typeof given === 'function'
      ? `Let ${given.name} extend ${base.name} of @core-framework/auth.`
      : `Name a class that extends ${base.name}: it is created by Nest.`,
  );
}
