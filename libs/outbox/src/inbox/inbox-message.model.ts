import { Field, Model, PlainModel } from '@core-framework/orm';

/** A message that a group of consumers has dealt with, written in the transaction that did. */
@Model({ unique: [['group', 'eventId']], indexes: [['processedAt']] })
export class InboxMessage extends PlainModel {
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.string({ maxLength: 150 }) group!: string;
  @Field.string({ maxLength: 100 }) eventId!: string;
  @Field.datetime() processedAt!: Date;
}
