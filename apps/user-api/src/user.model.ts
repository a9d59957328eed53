import { AbstractUser, type UserManager } from '@core-framework/auth';
import { Field, Model } from '@core-framework/orm';

/** Somebody who orders. */
@Model({ tableName: 'users' })
export class User extends AbstractUser {
  declare static readonly objects: UserManager<User>;

  @Field.integer({ default: 0, min: 0, readOnly: true }) orderCount = 0;
}
