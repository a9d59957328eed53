import { Field, Model, PlainModel, Q } from '@core-framework/orm';

/** Rows that still have to be published. */
const PENDING = Q({ sentAt__isnull: true, failedAt__isnull: true });

/**
 * A message that is to leave the database once its transaction has committed. The columns `id`, `aggregatetype`,
 * `aggregateid`, `type` and `payload` are those that Debezium's Outbox Event Router reads (`route.by.field=topic`), so
 * that it can take the relay's place.
 */
@Model({
  indexes: [
    { fields: ['seq'], name: 'outbox_messages_pending', where: PENDING },
    { fields: ['topic', 'key', 'seq'], name: 'outbox_messages_order', where: PENDING },
    { fields: ['sentAt'], name: 'outbox_messages_sent' },
  ],
})
export class OutboxMessage extends PlainModel {
  /** Order in which messages were written. */
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  /** Identifies the message wherever it goes. */
  @Field.uuid({ unique: true }) id!: string;
  /** Who takes it from here: `events` for a broker's. */
  @Field.string({ maxLength: 32 }) channel!: string;
  /** What kind of thing it is about: `order`. */
  @Field.string({ maxLength: 255, column: 'aggregatetype' }) aggregateType!: string;
  /** Which one. */
  @Field.string({ maxLength: 255, column: 'aggregateid' }) aggregateId!: string;
  /** Name of what happened: `order.created`. */
  @Field.string({ maxLength: 255 }) type!: string;
  @Field.string({ maxLength: 249 }) topic!: string;
  /** Messages of a topic with the same key leave in the order in which they were written. */
  @Field.string({ maxLength: 255, nullable: true }) key?: string | null;
  /** What is told, as JSON. */
  @Field.text({ blank: true }) payload!: string;
  /** What travels beside it, as JSON. */
  @Field.text() headers!: string;
  @Field.datetime() createdAt!: Date;
  /** Not before this. */
  @Field.datetime() availableAt!: Date;
  @Field.integer({ default: 0 }) attempts!: number;
  @Field.datetime({ nullable: true }) lockedUntil?: Date | null;
  @Field.uuid({ nullable: true }) lease?: string | null;
  @Field.datetime({ nullable: true }) sentAt?: Date | null;
  @Field.datetime({ nullable: true }) failedAt?: Date | null;
  @Field.text({ nullable: true }) error?: string | null;
}
