import { BaseModel, type Collection, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { Comment } from '../comments/comment.model.js';
import { Tag } from '../tags/tag.model.js';
import { User } from '../users/user.model.js';

/** An article of the blog; a draft until it is published. */
@Model({ tableName: 'posts' })
export class Post extends BaseModel {
  declare static readonly objects: Manager<Post>;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.slug({ from: 'title', maxLength: 200, unique: true }) slug!: string;
  @Field.text() content!: string;
  @Field.image({ nullable: true, maxSize: 5_000_000, maxWidth: 4000, maxHeight: 4000, uploadTo: 'posts' }) cover?:
    string | null;
  @Field.boolean({ default: false, index: true }) isPublished = false;
  @Field.integer({ default: 0, min: 0, readOnly: true, index: true }) viewsCount = 0;
  @Field.datetime({ nullable: true, readOnly: true }) publishedAt?: Date | null;
  /** When a draft is to be published by itself. */
  @Field.datetime({ nullable: true, index: true }) publishAt?: Date | null;
  @Field.foreignKey(() => User, { onDelete: 'cascade' }) author!: Ref<User>;
  @Field.manyToMany(() => Tag) tags!: Collection<Tag>;
  @Field.oneToMany(() => Comment, (comment) => comment.post) comments!: Collection<Comment>;
  @Field.version() version!: number;
}
