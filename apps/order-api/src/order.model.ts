import { BaseModel, Field, type Manager, Model } from '@core-framework/orm';

/** What somebody ordered. Users are another service's: this one knows their ids. */
@Model({ tableName: 'orders' })
export class Order extends BaseModel {
  declare static readonly objects: Manager<Order>;

  @Field.integer({ index: true, readOnly: true }) userId!: number;
  @Field.money({ min: 0 }) total!: string;
  @Field.string({ maxLength: 20, default: 'pending', readOnly: true, index: true }) status = 'pending';
}
