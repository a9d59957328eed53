import type { FaultOutcome } from '../fault-test.js';
import { RETRY } from './ledger.app.js';
import { jobs, keyAmong, type LedgerWorld, poison, until } from './ledger-world.js';

type Fault = (world: LedgerWorld, scale: number) => Promise<FaultOutcome>;

/** Of jobs whose order counts. */
const KEYS = 6;

const seconds = (since: number) => (Date.now() - since) / 1000;

/** A consumer is killed with its hands full; another one takes over. */
export const consumerKilled: Fault = async (world, scale) => {
  const all = jobs(Math.round(600 * scale));
  const survivor = { roles: ['consumer', 'relay'], workMs: 10, concurrency: 16 } as const;
  const victim = await world.start({ roles: ['consumer'], workMs: 60_000, concurrency: 20, prefetch: 20 });
  await world.start(survivor);
  await world.publish(all);
  await victim.printed((lines) => lines.filter((line) => line.startsWith('begun')).length >= 20);
  await victim.kill('SIGKILL');
  const killed = Date.now();
  const before = await world.effectCount();
  await until('all jobs were done', async () => (await world.effectCount()) >= all.length);
  return { ...(await world.compare(all)), recoverySeconds: seconds(killed), note: `${before} done when it was killed` };
};

/** Several consumers share jobs of a few keys, of which some fail at first; one of them is killed. */
export const orderKept: Fault = async (world, scale) => {
  const all = jobs(Math.round(600 * scale)).map((job, index) =>
    index % 40 === 20 ? { ...job, poison: 'throws-once' as const } : job,
  );
  const keyOf = keyAmong(KEYS);
  const victim = await world.start({ roles: ['consumer'], workMs: 5 });
  await world.start({ roles: ['consumer', 'relay'], workMs: 5 });
  const publishing = world.publish(all, keyOf);
  await until('a part of the jobs was done', async () => (await world.effectCount()) >= all.length / 4);
  await victim.kill('SIGKILL');
  const killed = Date.now();
  await world.start({ roles: ['consumer'], workMs: 5 });
  await publishing;
  await until('all jobs were done', async () => (await world.effects()).size >= all.length, 120);
  await world.checkOrder(all, keyOf);
  return { ...(await world.compare(all)), recoverySeconds: seconds(killed), note: `order of ${KEYS} keys kept` };
};

/** Every event comes twice, and again after the consumer was restarted. */
export const deliveredTwice: Fault = async (world, scale) => {
  const all = jobs(Math.round(300 * scale));
  const first = await world.start({ roles: ['consumer'] });
  await world.send(all);
  await world.send(all);
  await until('all jobs were done', async () => (await world.effectCount()) >= all.length);
  await first.kill('SIGTERM');
  await world.send(all);
  const last = jobs(1, 'last');
  await world.start({ roles: ['consumer'] });
  await world.send(last);
  // RabbitMQ does not count what consumers have in hand as left.
  await until('the last job was done', async () => (await world.effectCount()) > all.length);
  await until('nothing is left', async () => (await world.lag()) === 0);
  return { ...(await world.compare([...all, ...last])), note: 'each delivered 3 times' };
};

/** One job in many fails each time that it is tried. */
export const poisonThrows: Fault = async (world, scale) => {
  const good = jobs(Math.round(600 * scale));
  const bad = poison('throws');
  await world.start({ roles: ['consumer', 'relay'] });
  await world.publish([...good.slice(0, 10), bad, ...good.slice(10)]);
  await until('all jobs were done', async () => (await world.effectCount()) >= good.length);
  await until('the bad one is a dead letter', async () => (await world.deadLetters()).length > 0);
  const letters = await world.deadLetters();
  const [letter] = letters;
  if (letters.length !== 1 || letter?.message.id !== bad.id || letter.attempt !== RETRY + 1) {
    throw new Error(`The dead letters are ${JSON.stringify(letters)}.`);
  }
  return { ...(await world.compare(good)), note: `dead after ${letter.attempt} tries: ${letter.reason}` };
};

/** One job kills whoever tries it; somebody starts the process again each time. */
export const poisonKills: Fault = async (world, scale) => {
  const good = jobs(Math.round(200 * scale));
  const bad = poison('kills');
  await world.publish([...good.slice(0, 10), bad, ...good.slice(10)]);
  const started = Date.now();
  let deaths = 0;
  let isOver = false;
  const supervise = async (): Promise<void> => {
    while (!isOver) {
      const process = await world.start({ roles: ['consumer', 'relay'], concurrency: 4, prefetch: 4 });
      await process.exit;
      if (!isOver) deaths += 1;
    }
  };
  const supervised = supervise().catch(() => undefined);
  await until('the bad one is a dead letter', async () => (await world.deadLetters()).length > 0, 120);
  await until('all jobs were done', async () => (await world.effectCount()) >= good.length);
  isOver = true;
  const outcome = await world.compare(good);
  const letters = await world.deadLetters();
  await world.killAll();
  await supervised;
  if (letters.length !== 1 || letters[0]?.message.id !== bad.id) {
    throw new Error(`The dead letters are ${JSON.stringify(letters)}.`);
  }
  return { ...outcome, recoverySeconds: seconds(started), note: `dead after ${deaths} deaths` };
};
