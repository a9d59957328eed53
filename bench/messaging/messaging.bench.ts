import { consumeInApplication } from './consuming.js';
import { brokersToMeasure } from './measured-brokers.js';
import { publishThroughOutbox } from './publishing.js';
import type { Measured } from './measured.js';

const MESSAGES = 60_000;
/** With an inbox each event is a transaction of the database. */
const MESSAGES_IN_INBOX = 5000;

/** Measures each broker that answers beside its raw client, in one process, and prints the figures. */
export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const rows: (Measured & { readonly broker: string })[] = [];
  for (const measured of await brokersToMeasure()) {
    const { name: broker, raw } = measured;
    const rawPublish = raw && (await raw.publish(MESSAGES));
    const rawConsume = raw && (await raw.consume(MESSAGES));
    const figures = [
      rawPublish,
      await publishThroughOutbox(measured, MESSAGES),
      rawConsume,
      await consumeInApplication(measured, MESSAGES, 'without inbox'),
      await consumeInApplication(measured, MESSAGES_IN_INBOX, 'with inbox'),
    ];
    for (const figure of figures) if (figure) rows.push({ broker, ...figure });
  }
  if (json) return console.log(JSON.stringify(rows));
  console.log('Events of about 200 bytes, one process, outbox and inbox on SQLite; CPU in microseconds per event:');
  console.table(rows);
}
