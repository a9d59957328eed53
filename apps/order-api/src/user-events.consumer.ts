import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { IsInt } from 'class-validator';
import { Order } from './order.model.js';

/** What this service wants to know of a user. */
class UserCreated {
  @IsInt() id!: number;
}

/** Welcomes users. */
@Consumer('order-service', { topics: ['user-events'] })
export class UserEvents {
  @OnEvent('user.created', { payload: UserCreated })
  async onUserCreated({ data: { id } }: CoreEvent<UserCreated>): Promise<void> {
    await Order.objects.create({ userId: id, total: '0', status: 'welcome' });
  }
}
