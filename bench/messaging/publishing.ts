import { EventBus } from '@core-framework/messaging';
import { atomic, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { OutboxRelay } from '@core-framework/outbox';
import { withApplication } from './application.js';
import { withTopic } from './bench-topic.js';
import { measured, type Measured } from './measured.js';
import type { MeasuredBroker } from './measured-brokers.js';

/** How fast the relay empties an outbox. */
export async function publishThroughOutbox({ open }: MeasuredBroker, events: number): Promise<Measured> {
  return withTopic(open, (topic) =>
    withApplication({ broker: open() }, [], async (app) => {
      const [bus, database] = [app.get(EventBus), app.get<Database>(DATABASE)];
      const data = (id: number) => ({
        id,
        email: `user-${id}@example.com`,
        name: 'A name of usual length',
        plan: 'free',
      });
      for (let written = 0; written < events; written += 1000) {
        await runInContext(
          () =>
            atomic(async () => {
              for (let id = written; id < written + 1000; id++) await bus.publish('user.created', data(id), { topic });
            }),
          { database },
        );
      }
      const relay = app.get(OutboxRelay);
      return measured('relay of the outbox', events, async () => {
        const left = await relay.flush();
        if (left !== events) throw new Error(`${left} of ${events} events left the outbox.`);
      });
    }),
  );
}
