import { MailSender } from '@core-framework/auth';
import type { Principal } from '@core-framework/common';
import { Consumer, type CoreEvent, Event, OnEvent } from '@core-framework/messaging';
import {
  BaseModel,
  type Collection,
  defineFactory,
  Field,
  type Manager,
  Model,
  Q,
  type Ref,
  Repository,
  SoftDelete,
} from '@core-framework/orm';
import { InjectTasks, PeriodicTask, Task, type TaskClient } from '@core-framework/tasks';
import {
  type ActionContext,
  InputSchema,
  IsAuthenticated,
  ModelViewSet,
  OutputSchema,
  Permission,
  ViewSet,
} from '@core-framework/viewset';
import { Injectable } from '@nestjs/common';
import { IsInt } from 'class-validator';

@Model()
export class Customer extends BaseModel {
  declare static readonly objects: Manager<Customer>;

  @Field.email({ unique: true }) email!: string;
  @Field.oneToMany(() => Order, (order) => order.customer) orders!: Collection<Order>;
}

@Model({ tableName: 'orders', ordering: ['-createdAt'] })
export class Order extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Order>;

  @Field.string({ maxLength: 40, unique: true }) number!: string;
  @Field.money({ min: 0 }) total!: string;
  @Field.boolean({ default: false }) paid = false;
  @Field.foreignKey(() => Customer, { onDelete: 'cascade' }) customer!: Ref<Customer>;
}

@Injectable()
export class OrderRepository extends Repository(Order) {
  unpaid() {
    return this.query().filter({ paid: false, createdAt__lt: new Date(Date.now() - 7 * 86_400_000) });
  }
}

export async function eloquent(id: number, email: string) {
  const order = await Order.objects.get({ id });
  const open = await Order.objects.filter({ paid: false, total__gt: '100.00' }).orderBy('-createdAt').all();
  const eager = await Order.objects.selectRelated('customer').limit(10).all();
  const [customer] = await Customer.objects.updateOrCreate({ email }, { email });
  const some = await Customer.objects.filter({ orders__paid: false }).exists();
  await order.softDelete();
  const trashed = await Order.objects.onlyDeleted().count();

  return { open, eager, customer, some, trashed };
}

export class StoreOrder extends InputSchema(Order, { pick: ['number', 'total'] }) {
  validate() {
    return this.number?.startsWith('X') ? { number: 'Numbers with an X are reserved.' } : undefined;
  }
}

export class OrderResource extends OutputSchema(Order, { pick: ['id', 'number', 'total', 'paid'] }) {}

@Injectable()
export class OrderPolicy extends Permission {
  override hasObjectPermission({ principal }: ActionContext, order: Order) {
    return order.customer.id === principal.id && !order.paid;
  }
}

export class OrderPlaced {
  @IsInt() id!: number;
}

@ViewSet({
  path: 'orders',
  model: Order,
  input: StoreOrder,
  output: OrderResource,
  permissions: [IsAuthenticated],
  permissionsByAction: { update: [OrderPolicy], destroy: [OrderPolicy] },
})
export class OrderViewSet extends ModelViewSet<Order, StoreOrder> {
  override scope(principal: Principal) {
    return Q({ customer: principal.id });
  }

  override performCreate(data: StoreOrder, context: ActionContext<Order, StoreOrder>) {
    return super.performCreate({ ...data, customer: context.principal.id }, context);
  }

  @Event('order.placed', { topic: 'orders', payload: OrderPlaced })
  override create(context: ActionContext<Order, StoreOrder>) {
    return super.create(context);
  }
}

@Injectable()
export class OrderTasks {
  constructor(
    private readonly mails: MailSender,
    private readonly orders: OrderRepository,
  ) {}

  @Task({ queue: 'mails', retry: 5, retryDelay: '60s' })
  async sendReceipt(id: number): Promise<void> {
    const order = await Order.objects.selectRelated('customer').get({ id });
    await this.mails.send({ to: order.customer.unwrap().email, subject: order.number, text: order.total });
  }

  @PeriodicTask({ cron: '0 6 * * *' })
  async forgetUnpaid(): Promise<void> {
    await this.orders.unpaid().softDelete();
  }
}

@Consumer('receipts', { topics: ['orders'] })
export class SendReceipts {
  constructor(@InjectTasks(OrderTasks) private readonly tasks: TaskClient<OrderTasks>) {}

  @OnEvent('order.placed', { payload: OrderPlaced })
  async handle({ data }: CoreEvent<OrderPlaced>): Promise<void> {
    await this.tasks.sendReceipt.delay(data.id);
  }
}

export const CustomerFactory = defineFactory(Customer, (faker) => ({ email: faker.internet.email() }));

export const OrderFactory = defineFactory(Order, (faker, sequence) => ({
  number: `A-${sequence}`,
  total: faker.finance.amount(),
  customer: CustomerFactory,
}));
