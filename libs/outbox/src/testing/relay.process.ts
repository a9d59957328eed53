import 'reflect-metadata';
import { atomic } from '@core-framework/orm';
import { sql } from 'kysely';
import { connectionOf } from '../leases/connection-of.js';
import { openOutbox } from './outbox-world.js';

/**
 * A relay as its own process: notes in `ledger` whatever it publishes, and in `effects` what a consumer with an inbox
 * makes of it. Ends when it is killed, or when the suite is gone.
 */
const { DATABASE_URL = '' } = process.env;
const { relay, database, inbox, run } = await openOutbox(
  DATABASE_URL,
  { batch: 10, leaseMs: 2000, pollMs: 50 },
  'none',
);

relay.register('events', async (entries) => {
  for (const { id, key = '', payload } of entries) {
    await sql`insert into ledger (message, name, position) values (${id}, ${key}, ${Number(payload)})`.execute(
      database.kysely,
    );
    await run(() =>
      atomic(async () => {
        if (!(await inbox.accept('ledger', id))) return;
        await sql`insert into effects (message) values (${id})`.execute(connectionOf(database));
      }),
    );
  }
});
relay.start();
// Nobody is left behind by a suite that fails.
process.stdin.resume().on('end', () => process.exit());
process.stdout.write('ready\n');
