import { Field, Model, PlainModel } from '@core-framework/orm';

/** How much of a limit has been used in the window that is open. */
@Model()
export class TaskLimit extends PlainModel {
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.string({ maxLength: 255, unique: true }) key!: string;
  @Field.datetime() windowEnds!: Date;
  @Field.integer({ default: 0 }) used!: number;
}
