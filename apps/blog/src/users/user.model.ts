import { AbstractUser, PermissionsMixin, type UserManager } from '@core-framework/auth';
import { type Collection, Field, Model } from '@core-framework/orm';
import { Post } from '../posts/post.model.js';

/** Somebody who writes posts and comments. */
@Model({ tableName: 'users' })
export class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
  static override readonly REQUIRED_FIELDS = ['name'];

  /** What readers see; the other names and the address are the user's own business. */
  @Field.string({ maxLength: 150 }) name!: string;
  @Field.oneToMany(() => Post, (post) => post.author) posts!: Collection<Post>;
}
