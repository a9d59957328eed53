import { type CheckFinding, CheckRegistry } from '@core-framework/common';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { MessageBroker } from '../brokers/message-broker.js';
import { MESSAGE_BROKER, RESOLVED_MESSAGING_OPTIONS, type ResolvedMessagingOptions } from '../messaging.options.js';

/** What events would suffer from in production. */
@Injectable()
export class MessagingChecks implements OnModuleInit {
  constructor(
    @Inject(MESSAGE_BROKER) private readonly broker: MessageBroker,
    @Inject(RESOLVED_MESSAGING_OPTIONS) private readonly options: ResolvedMessagingOptions,
    private readonly checks: CheckRegistry,
  ) {}

  onModuleInit(): void {
    this.checks.register(() => [...this.#broker(), ...this.#outbox()], { deploy: true });
  }

  *#broker(): Iterable<CheckFinding> {
    if (this.broker.name !== 'memory') return;
    yield {
      code: 'MESSAGING_SINGLE_PROCESS',
      level: 'error',
      subject: 'MESSAGE_BROKER',
      message: 'Events reach no other process and are gone when this one ends, which production refuses.',
      fix: 'Set MESSAGE_BROKER to redis, rabbitmq or kafka, and its address.',
    };
  }

  *#outbox(): Iterable<CheckFinding> {
    if (this.options.outbox) return;
    yield {
      code: 'MESSAGING_WITHOUT_OUTBOX',
      level: 'warning',
      subject: 'OUTBOX_ENABLED',
      message: 'An event may be published whose transaction fails, and lost where the broker is away.',
      fix: 'Set OUTBOX_ENABLED=true.',
    };
  }
}
