import type { Collection, Ref } from '@mikro-orm/core';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { PlainModel } from '../models/plain.model.js';
import type { Manager } from '../querysets/manager.js';

@Model()
export class Country extends PlainModel {
  declare static readonly objects: Manager<Country>;

  @Field.pk({ type: 'string' }) code!: string;
  @Field.string() name!: string;
}

@Model()
export class User extends BaseModel {
  declare static readonly objects: Manager<User>;

  @Field.email({ unique: true }) email!: string;
  @Field.string({ hidden: true, nullable: true }) passwordHash?: string | null;
  @Field.boolean({ default: true }) isActive = true;
  @Field.foreignKey(() => Country, { nullable: true }) country?: Ref<Country> | null;
  @Field.oneToMany(() => Post, (post) => post.author) posts!: Collection<Post>;
  @Field.oneToOne(() => Profile, (profile) => profile.user) profile?: Ref<Profile> | null;
}

@Model()
export class Profile extends BaseModel {
  declare static readonly objects: Manager<Profile>;

  @Field.oneToOne(() => User, { onDelete: 'cascade' }) user!: Ref<User>;
  @Field.text({ default: '' }) biography = '';
}

@Model()
export class Tag extends BaseModel {
  declare static readonly objects: Manager<Tag>;

  @Field.string({ maxLength: 50 }) name!: string;
  @Field.manyToMany(() => Post, (post) => post.tags) posts!: Collection<Post>;
}

@Model({ unique: [['author', 'title']] })
export class Post extends BaseModel {
  declare static readonly objects: Manager<Post>;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.slug({ from: 'title', maxLength: 60, unique: true }) slug!: string;
  @Field.boolean({ default: false }) isPublished = false;
  @Field.integer({ default: 0, min: 0 }) viewsCount = 0;
  @Field.datetime({ nullable: true }) publishedAt?: Date | null;
  @Field.date({ nullable: true }) day?: string | null;
  @Field.time({ nullable: true }) hour?: string | null;
  @Field.decimal({ default: '1.50' }) price!: string;
  @Field.float({ nullable: true }) rating?: number | null;
  @Field.bigInteger({ nullable: true }) bytes?: bigint | null;
  @Field.json({ nullable: true }) meta?: unknown;
  @Field.uuid({ nullable: true }) token?: string | null;
  @Field.enum({ choices: ['draft', 'final'], default: 'draft' }) state!: 'draft' | 'final';
  @Field.foreignKey(() => User, { onDelete: 'cascade' }) author!: Ref<User>;
  @Field.foreignKey(() => User, { nullable: true, onDelete: 'setNull' }) editor?: Ref<User> | null;
  @Field.manyToMany(() => Tag) tags!: Collection<Tag>;
  @Field.oneToMany(() => Comment, (comment) => comment.post) comments!: Collection<Comment>;
  @Field.version() version!: number;
}

@Model()
export class Comment extends BaseModel {
  declare static readonly objects: Manager<Comment>;

  @Field.foreignKey(() => Post, { onDelete: 'restrict' }) post!: Ref<Post>;
  @Field.text() body!: string;
  @Field.boolean({ default: false }) isSpam = false;
}

export const BLOG_MODELS = [Country, User, Profile, Tag, Post, Comment];
