import { Field, Model, PlainModel, Q } from '@core-framework/orm';

/** Tasks that still have to be run. */
const PENDING = Q({ doneAt__isnull: true, failedAt__isnull: true });

/** A task, from the transaction that enqueued it until what it answered is no longer kept. */
@Model({
  indexes: [
    { fields: ['queue', 'precedence', 'seq', 'availableAt'], name: 'background_tasks_pending', where: PENDING },
    { fields: ['doneAt'], name: 'background_tasks_done' },
    { fields: ['queue', 'failedAt'], name: 'background_tasks_failed' },
  ],
})
export class BackgroundTask extends PlainModel {
  /** Order in which tasks were enqueued. */
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.uuid({ unique: true }) id!: string;
  @Field.string({ maxLength: 200 }) name!: string;
  @Field.string({ maxLength: 100 }) queue!: string;
  /** What comes first: the priority with its sign turned, as indexes ascend. */
  @Field.integer() precedence!: number;
  /** JSON. */
  @Field.text() args!: string;
  /** What travels beside the arguments, as JSON. */
  @Field.text() headers!: string;
  /** Held by the one task that may wait or run under it. */
  @Field.string({ maxLength: 255, nullable: true, unique: true }) uniqueKey?: string | null;
  @Field.datetime() createdAt!: Date;
  /** Not before this. */
  @Field.datetime() availableAt!: Date;
  /** How often it was given out; not counting what came back unused. */
  @Field.integer({ default: 0 }) attempts!: number;
  /** How many of these ended with an error; the others ended with the worker. */
  @Field.integer({ default: 0 }) failures!: number;
  @Field.datetime({ nullable: true }) lockedUntil?: Date | null;
  @Field.uuid({ nullable: true }) lease?: string | null;
  @Field.datetime({ nullable: true }) doneAt?: Date | null;
  @Field.datetime({ nullable: true }) failedAt?: Date | null;
  @Field.datetime({ nullable: true }) cancelledAt?: Date | null;
  @Field.text({ nullable: true }) error?: string | null;
  /** JSON. */
  @Field.text({ nullable: true }) result?: string | null;
  /** JSON. */
  @Field.text({ nullable: true }) progress?: string | null;
}
