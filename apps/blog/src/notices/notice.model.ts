import { BaseModel, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { User } from '../users/user.model.js';

/** What a writer is told of what happened while he was away. */
@Model({ tableName: 'notices' })
export class Notice extends BaseModel {
  declare static readonly objects: Manager<Notice>;

  @Field.foreignKey(() => User, { onDelete: 'cascade', readOnly: true }) reader!: Ref<User>;
  @Field.string({ maxLength: 300, readOnly: true }) text!: string;
  @Field.boolean({ default: false }) isRead = false;
}
