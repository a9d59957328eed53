import { CoreOrmModule } from '@core-framework/orm';
import {
  defineTask,
  InjectTasks,
  Job,
  Queue,
  Task,
  type TaskClient,
  TaskContext,
  TasksModule,
  TaskService,
} from '@core-framework/tasks';
import { Inject, Injectable, Module } from '@nestjs/common';

@Injectable()
export class OrderTasks {
  @Task()
  async charge(order: number) {
    return order * 100;
  }

  @Task()
  async ship(order: number, context?: TaskContext) {
    return `order ${order} for ${String(context?.previous)} cents`;
  }

  @Task()
  async sum(context?: TaskContext) {
    const amounts = (context?.previous ?? []) as number[];
    return amounts.reduce((sum, cents) => sum + cents, 0);
  }
}

@Injectable()
export class Orders {
  constructor(
    private readonly tasks: TaskService,
    @InjectTasks(OrderTasks) private readonly orders: TaskClient<OrderTasks>,
  ) {}

  /** Each runs when the one before it has succeeded. */
  fulfil(order: number) {
    return this.tasks.chain([
      this.orders.charge.signature(order),
      this.orders.ship.signature(order).with({ countdown: '1s', queue: 'shipping' }),
    ]);
  }

  /** The members run beside each other; the callback runs once, when all have succeeded. */
  report(orders: readonly number[]) {
    return this.tasks.group(
      orders.map((order) => this.orders.charge.signature(order)),
      this.orders.sum.signature(),
    );
  }
}

export const shout = defineTask('texts.shout', async (text: string) => text.toUpperCase(), { retry: 1 });

@Injectable()
export class Post {
  readonly sent: string[] = [];
}

export class SendReminder extends Job {
  @Inject() private readonly post!: Post;

  constructor(readonly to: string) {
    super();
  }

  @Task({ queue: 'emails', retry: 5 })
  async handle() {
    this.post.sent.push(this.to);
  }
}

export const remind = (to: string) => Queue.on('reminders').push(new SendReminder(to));

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    TasksModule.forRoot({ worker: { queues: ['default', 'emails', 'reminders', 'shipping'] } }),
    TasksModule.forFeature([shout, SendReminder]),
  ],
  providers: [OrderTasks, Orders, Post],
})
export class ComposingModule {}
