import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { withApplication } from './application.js';
import { withTopic } from './bench-topic.js';
import { measured, type Measured } from './measured.js';
import { type MeasuredBroker, sampleEvent } from './measured-brokers.js';

const GROUP = 'bench';

/** One of a thousand keys, as of users of whom each has few events at a time. */
const keyedEvent = (number: number) => ({ ...sampleEvent(number), key: String(number % 1000) });

/** How fast an application consumes what waits for it, with a handler that does nothing. */
export async function consumeInApplication(
  broker: MeasuredBroker,
  events: number,
  how: 'with inbox' | 'without inbox' | 'without inbox, with keys',
): Promise<Measured> {
  return withTopic(broker.open, (topic) => consume(topic, broker, events, how));
}

async function consume(
  topic: string,
  { name, open }: MeasuredBroker,
  events: number,
  how: 'with inbox' | 'without inbox' | 'without inbox, with keys',
): Promise<Measured> {
  const inbox = how === 'with inbox';
  const keyed = how.endsWith('with keys');
  const first = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let handled = 0;

  @Consumer(GROUP, { topics: [topic], prefetch: 200, inbox, transaction: inbox })
  class Handlers {
    @OnEvent('user.created')
    onCreated(_event: CoreEvent): void {
      handled += 1;
      if (handled === 1) first.resolve();
      if (handled === events) all.resolve();
    }
  }

  const broker = open();
  const fill = async () => {
    const batches = Array.from({ length: events / 200 }, (_, index) => index * 200);
    for (const start of batches) {
      await broker.publish(
        topic,
        Array.from({ length: 200 }, (_, index) => (keyed ? keyedEvent(start + index) : sampleEvent(start + index))),
      );
    }
  };
  await broker.connect();
  const made = await broker.subscribe(
    { topics: [topic], group: GROUP, prefetch: 1, visibilityMs: 60_000 },
    async () => undefined,
  );
  await made.drain(0);
  // In memory a group has what is published while its application runs.
  if (name !== 'memory') await fill();
  return withApplication({ broker }, [Handlers], async () => {
    if (name === 'memory') await fill();
    // From the first event on: the start of the application is not meant.
    await first.promise;
    return measured(`consumer ${how}`, events - 1, () => all.promise);
  });
}
