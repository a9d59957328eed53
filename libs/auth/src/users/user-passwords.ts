import { sessionOf, timezone } from '@core-framework/orm';
import type { AbstractBaseUser } from './abstract-user.js';
import { AccountServices } from './account-services.js';

/** Gives a user another password, or none, and ends every token that was issued to him. Writes nothing. */
export async function changePassword(user: AbstractBaseUser, password: string | null): Promise<void> {
  user.passwordHash = password === null ? null : await hashOf(user).make(password);
  user.passwordChangedAt = timezone.now();
  user.tokenVersion += 1;
}

export async function matchesPassword(user: AbstractBaseUser, password: string): Promise<boolean> {
  return user.passwordHash != null && hashOf(user).check(password, user.passwordHash);
}

function hashOf(user: AbstractBaseUser) {
  return AccountServices.of(sessionOf(user).database).hash;
}
