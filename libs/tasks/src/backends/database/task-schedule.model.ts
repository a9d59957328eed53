import { Field, Model, PlainModel } from '@core-framework/orm';

/** What a periodic task has come to. */
@Model()
export class TaskSchedule extends PlainModel {
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.string({ maxLength: 200, unique: true }) name!: string;
  /** The slot that was claimed last. */
  @Field.datetime({ nullable: true }) lastSlot?: Date | null;
  /** Id of its task. */
  @Field.uuid({ nullable: true }) lastTask?: string | null;
  @Field.boolean({ default: false }) isPaused!: boolean;
}
