import { atomic } from '@core-framework/orm';
import type { FaultOutcome } from '../fault-test.js';
import { jobs, keyAmong, type LedgerWorld, until } from './ledger-world.js';

type Fault = (world: LedgerWorld, scale: number) => Promise<FaultOutcome>;

const KEYS = 16;
const KILLS = 5;

/** One of two relays is killed again and again while both empty the outbox. */
export const relayKilled: Fault = async (world, scale) => {
  const all = jobs(Math.round(5000 * scale));
  const keyOf = keyAmong(KEYS);
  await world.publish(all, keyOf);
  await world.start({ roles: ['consumer'] });
  let [victim, other] = [await world.start({ roles: ['relay'] }), await world.start({ roles: ['relay'] })];
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    await victim.kill('SIGKILL');
    [victim, other] = [other, await world.start({ roles: ['relay'] })];
  }
  const killed = Date.now();
  await until('all jobs were done', async () => (await world.effects()).size >= all.length, 120);
  const recoverySeconds = (Date.now() - killed) / 1000;
  await world.checkOrder(all, keyOf);
  return { ...(await world.compare(all)), recoverySeconds, note: `${KILLS} kills, order of ${KEYS} keys kept` };
};

/** Whoever committed died before he could wake a relay. */
export const relayNotWoken: Fault = async (world, scale) => {
  const all = jobs(Math.round(100 * scale));
  await world.publish(all);
  await world.start({ roles: ['consumer', 'relay'] });
  const ready = Date.now();
  await until('all jobs were done', async () => (await world.effectCount()) >= all.length);
  return { ...(await world.compare(all)), recoverySeconds: (Date.now() - ready) / 1000 };
};

/** The transaction in which events were published is taken back. */
export const rolledBack: Fault = async (world, scale) => {
  const all = jobs(Math.round(100 * scale));
  await world.start({ roles: ['consumer', 'relay'] });
  const work = world.run(() =>
    atomic(async () => {
      await world.publish(all);
      throw new Error('taken back');
    }),
  );
  await work.catch(() => undefined);
  const last = jobs(1, 'last');
  await world.publish(last);
  await until('what came after was done', async () => (await world.effects()).has('last-0'));
  const { pending } = await world.outbox.status();
  const leaked = (await world.effectCount()) - 1;
  if (leaked + pending > 0)
    throw new Error(`${leaked} events were handled and ${pending} wait, of a taken back transaction.`);
  return { messages: 1, lost: 0, duplicated: 0, note: `${all.length} taken back, none left` };
};
