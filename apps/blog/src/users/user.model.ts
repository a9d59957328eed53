import { BaseModel, type Collection, Field, type Manager, Model } from '@core-framework/orm';
import { Post } from '../posts/post.model.js';

/** Somebody who writes posts and comments. */
@Model({ tableName: 'users' })
export class User extends BaseModel {
  declare static readonly objects: Manager<User>;

  @Field.email({ unique: true }) email!: string;
  @Field.string({ maxLength: 150 }) name!: string;
  @Field.boolean({ default: true }) isActive = true;
  @Field.boolean({ default: false }) isStaff = false;
  @Field.boolean({ default: false }) isSuperuser = false;
  @Field.oneToMany(() => Post, (post) => post.author) posts!: Collection<Post>;
}
