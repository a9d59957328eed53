import { BaseModel, Field, type Manager, Model } from '@core-framework/orm';

/** A word that posts are found by. */
@Model({ tableName: 'tags' })
export class Tag extends BaseModel {
  declare static readonly objects: Manager<Tag>;

  @Field.string({ maxLength: 50, unique: true }) name!: string;
  @Field.slug({ from: 'name', maxLength: 60, unique: true }) slug!: string;
}
