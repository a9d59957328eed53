import type { BenchOptions } from '../measure/bench-options.js';
import { consumeInApplication } from './consuming.js';
import { brokersToMeasure } from './measured-brokers.js';
import { publishThroughOutbox } from './publishing.js';
import type { Measured } from './measured.js';

const MESSAGES = 60_000;
/** With an inbox each event is a transaction of the database. */
const MESSAGES_IN_INBOX = 5000;
/** Until the code is compiled that the many others run through. */
const MESSAGES_TO_WARM_UP = 20_000;
const MOCK =
  'kafka (mock): the mock cluster of librdkafka, which keeps everything in memory and copies nothing. It tells what the framework costs beside the client, not what a Kafka does.';

/** Measures each broker that answers beside its raw client, in one process, and prints the figures. */
export async function run({ json, only }: BenchOptions): Promise<void> {
  const rows: (Measured & { readonly broker: string })[] = [];
  const { measured, leftOut } = await brokersToMeasure(only);
  for (const one of measured) {
    const { name: broker, raw } = one;
    await raw?.publish(MESSAGES_TO_WARM_UP);
    await raw?.consume(MESSAGES_TO_WARM_UP);
    await publishThroughOutbox(one, MESSAGES_TO_WARM_UP);
    await consumeInApplication(one, MESSAGES_TO_WARM_UP, 'without inbox');
    const rawPublish = raw && (await raw.publish(MESSAGES));
    const rawConsume = raw && (await raw.consume(MESSAGES));
    const figures = [
      rawPublish,
      await publishThroughOutbox(one, MESSAGES),
      rawConsume,
      await consumeInApplication(one, MESSAGES, 'without inbox'),
      await consumeInApplication(one, MESSAGES, 'without inbox, with keys'),
      await consumeInApplication(one, MESSAGES_IN_INBOX, 'with inbox'),
    ];
    for (const figure of figures) if (figure) rows.push({ broker, ...figure });
  }
  if (json) return console.log(JSON.stringify([...rows, ...leftOut]));
  console.log('Events of about 200 bytes, one process, outbox and inbox on SQLite; CPU in microseconds per event:');
  console.table(rows);
  for (const { broker, notMeasured } of leftOut) console.log(`${broker}: not measured, ${notMeasured}`);
  if (measured.some(({ name }) => name === 'kafka (mock)')) console.log(MOCK);
}
