import { AbstractUser, PermissionsMixin, type UserManager } from '@core-framework/auth';
import { Model } from '@core-framework/orm';

/** Whoever has an account. Fields of your own go here; `npx core makemigrations` then writes the migration. */
@Model({ tableName: 'users' })
export class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}
