import type { Principal } from '@core-framework/common';
import { Event } from '@core-framework/messaging';
import {
  Action,
  type ActionContext,
  Context,
  Input,
  Instance,
  IsAuthenticated,
  ModelViewSet,
  ViewSet,
} from '@core-framework/viewset';
import { OrderCreated } from './order.events.js';
import { Order } from './order.model.js';
import { OrderInput, OrderOutput } from './order.schemas.js';
import { UserApiClient } from './user-api.client.js';

/** Orders: everybody has his own. */
@ViewSet({
  path: 'orders',
  model: Order,
  output: OrderOutput,
  tags: ['Orders'],
  actions: ['list', 'retrieve'],
  permissions: [IsAuthenticated],
  filter: ['status'],
  ordering: ['createdAt'],
})
export class OrderViewSet extends ModelViewSet<Order> {
  constructor(private readonly users: UserApiClient) {
    super();
  }

  override scope({ id }: Principal) {
    return { userId: Number(id) };
  }

  /** Orders something. */
  @Action({ method: 'POST', detail: false, status: 201, output: OrderOutput })
  @Event('order.created', { topic: 'order-events', key: ({ userId }: Order) => userId, payload: OrderCreated })
  create_order(@Input() { total }: OrderInput, @Context() { principal }: ActionContext<Order>): Promise<Order> {
    return Order.objects.create({ userId: Number(principal.id), total });
  }

  /** An order with the user who made it, as the other service shows him to the caller. */
  @Action({ detail: true })
  async with_user(@Instance() { id, userId, total, status }: Order) {
    return { id, userId, total, status, user: await this.users.find(userId) };
  }
}
