import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { F } from '@core-framework/orm';
import { IsInt } from 'class-validator';
import { User } from './user.model.js';

/** What this service wants to know of an order. */
class OrderCreated {
  @IsInt() userId!: number;
}

/** Counts the orders of users. */
@Consumer('user-service', { topics: ['order-events'] })
export class OrderEvents {
  @OnEvent('order.created', { payload: OrderCreated })
  async onOrderCreated({ data: { userId } }: CoreEvent<OrderCreated>): Promise<void> {
    // In the database: two orders at the same time are two more.
    await User.objects.filter({ id: userId }).update({ orderCount: F('orderCount').plus(1) });
  }
}
