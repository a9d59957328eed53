import { Field, Model, PlainModel } from '@core-framework/orm';

/** A group of tasks of which some have succeeded and others have not ended; there only while it has a callback to come. */
@Model({ indexes: [{ fields: ['keptUntil'], name: 'task_groups_kept' }] })
export class TaskGroup extends PlainModel {
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.uuid({ unique: true }) id!: string;
  /** How many have succeeded. */
  @Field.integer({ default: 0 }) succeeded!: number;
  @Field.datetime() keptUntil!: Date;
}
