import { modelDefinition, timezone } from '@core-framework/orm';
import type { AbstractBaseUser } from './abstract-user.js';
import type { UserManager } from './user.manager.js';

/**
 * Has everybody wait who is about to change the same user's things, until the transaction in hand ends: for what is counted first
 * and changed then.
 */
export async function holdUser(users: UserManager<AbstractBaseUser>, id: number | string): Promise<void> {
  const { name } = modelDefinition(users.model).primaryKey;
  await users.where({ [name]: id }).update({ updatedAt: timezone.now() });
}
