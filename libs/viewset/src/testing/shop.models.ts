import { BaseModel, type Collection, Field, type Manager, Model, type Ref } from '@core-framework/orm';

/** The models that this package is tested with: small, and with every kind of field and relation that matters here. */
@Model()
export class Author extends BaseModel {
  declare static readonly objects: Manager<Author>;

  @Field.string({ maxLength: 50 }) name!: string;
  @Field.string({ hidden: true, default: 'secret' }) token!: string;
  @Field.oneToMany(() => Book, (book) => book.author) books!: Collection<Book>;
}

@Model()
export class Tag extends BaseModel {
  declare static readonly objects: Manager<Tag>;

  @Field.string({ maxLength: 20, unique: true }) label!: string;
}

@Model()
export class Book extends BaseModel {
  declare static readonly objects: Manager<Book>;

  @Field.string({ maxLength: 20 }) title!: string;
  @Field.slug({ unique: true }) slug!: string;
  @Field.text({ default: '', blank: true }) content!: string;
  @Field.boolean({ default: false }) isPublished!: boolean;
  @Field.integer({ default: 0, readOnly: true }) views!: number;
  @Field.decimal({ precision: 6, scale: 2, nullable: true }) price!: string | null;
  @Field.string({ writeOnly: true, nullable: true }) secret!: string | null;
  @Field.bigInteger({ default: 1n }) copies!: bigint;
  @Field.json({ nullable: true }) extra!: unknown;
  @Field.foreignKey(() => Author, { nullable: true, onDelete: 'restrict' }) author!: Ref<Author> | null;
  @Field.manyToMany(() => Tag) tags!: Collection<Tag>;
  @Field.version() version!: number;
}

@Model()
export class Document extends BaseModel {
  declare static readonly objects: Manager<Document>;

  @Field.uuid({ unique: true }) reference!: string;
  @Field.string() name!: string;
  @Field.integer() owner!: number;
}
