import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery } from '../brokers/message-broker.js';

/** What handlers of `@EventPattern` and `@MessagePattern` get by `@Ctx()`. */
export class BrokerContext extends BaseRpcContext<[Pick<Delivery, 'attempt' | 'message' | 'topic'>]> {
  /** The message as the broker carries it. */
  getMessage(): Delivery['message'] {
    return this.args[0].message;
  }

  getTopic(): string {
    return this.args[0].topic;
  }

  /** How often it is tried, this time included. */
  getAttempt(): number {
    return this.args[0].attempt;
  }
}
