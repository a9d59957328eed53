import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { withApplication } from './application.js';
import { measured, type Measured } from './measured.js';
import { type MeasuredBroker, sampleEvent } from './measured-brokers.js';

const TOPIC = 'bench-messaging-consuming';
const GROUP = 'bench';

/** How fast an application consumes what waits for it, with a handler that does nothing. */
export async function consumeInApplication(
  { name, open }: MeasuredBroker,
  events: number,
  how: 'with inbox' | 'without inbox',
): Promise<Measured> {
  const inbox = how === 'with inbox';
  const first = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let handled = 0;

  @Consumer(GROUP, { topics: [TOPIC], prefetch: 200, inbox, transaction: inbox })
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
        TOPIC,
        Array.from({ length: 200 }, (_, index) => sampleEvent(start + index)),
      );
    }
  };
  await broker.connect();
  const made = await broker.subscribe(
    { topics: [TOPIC], group: GROUP, prefetch: 1, visibilityMs: 60_000 },
    async () => undefined,
  );
  await made.drain(0);
  // In memory a group has what is published while its application runs.
  if (name !== 'memory') await fill();
  const figure = await withApplication({ broker }, [Handlers], async () => {
    if (name === 'memory') await fill();
    // From the first event on: the start of the application is not meant.
    await first.promise;
    return measured(`consumer ${how}`, events - 1, () => all.promise);
  });
  const cleaner = open();
  await cleaner.connect();
  await cleaner.deleteTopic(TOPIC);
  await cleaner.disconnect();
  return figure;
}
