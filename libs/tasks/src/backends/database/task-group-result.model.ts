import { Field, Model, PlainModel } from '@core-framework/orm';

/** What a member of an open group answered. */
@Model({ unique: [['groupId', 'position']] })
export class TaskGroupResult extends PlainModel {
  @Field.pk({ type: 'bigInteger' }) seq!: bigint;
  @Field.uuid() groupId!: string;
  @Field.integer() position!: number;
  /** JSON. */
  @Field.text({ nullable: true }) result?: string | null;
}
