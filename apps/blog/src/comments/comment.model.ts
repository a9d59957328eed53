import { BaseModel, Field, type Manager, Model, type Ref, SoftDelete } from '@core-framework/orm';
import { Post } from '../posts/post.model.js';
import { User } from '../users/user.model.js';

/** What a reader says about a post; deleted ones can be brought back. */
@Model({ tableName: 'comments' })
export class Comment extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Comment>;

  @Field.text({ maxLength: 5000 }) body!: string;
  @Field.foreignKey(() => Post, { onDelete: 'cascade' }) post!: Ref<Post>;
  @Field.foreignKey(() => User, { onDelete: 'cascade' }) author!: Ref<User>;
}
