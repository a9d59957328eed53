import { Field } from '../fields/field.decorator.js';
import { PlainModel } from './plain.model.js';

/** Base of models: a number as key, and the times of creation and of the last write. */
export abstract class BaseModel extends PlainModel {
  @Field.pk() id!: number;
  @Field.datetime({ autoNowAdd: true }) createdAt!: Date;
  @Field.datetime({ autoNow: true }) updatedAt!: Date;
}
