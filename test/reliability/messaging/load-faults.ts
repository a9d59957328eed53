import type { FaultOutcome } from '../fault-test.js';
import { jobs, type LedgerWorld, until } from './ledger-world.js';

type Fault = (world: LedgerWorld, scale: number) => Promise<FaultOutcome>;

const WORK_MS = 2000;
const MEGABYTE = 1024 * 1024;
/** Time for what is left once all is published. */
const LONGEST_MS = 150_000;

/** A consumer with ten events in work and twenty in hand is told to end. */
export const drained: Fault = async (world) => {
  const all = jobs(30);
  const first = await world.start({ roles: ['consumer', 'relay'], workMs: WORK_MS, concurrency: 10, prefetch: 30 });
  const begun = () => first.lines.filter((line) => line.startsWith('begun')).length;
  await world.publish(all);
  await first.printed(() => begun() >= 10);
  const told = Date.now();
  const code = await first.kill('SIGTERM');
  const took = (Date.now() - told) / 1000;
  const [done, started] = [await world.effectCount(), begun()];
  if (code !== 0 || started !== done || took > WORK_MS / 1000 + 2) {
    throw new Error(`It ended with ${code} after ${took} s, ${started} begun and ${done} done.`);
  }
  await world.start({ roles: ['consumer', 'relay'] });
  const next = Date.now();
  await until('the others were done', async () => (await world.effects()).size >= all.length);
  return {
    ...(await world.compare(all)),
    recoverySeconds: (Date.now() - next) / 1000,
    note: `${done} finished, ended after ${took.toFixed(1)} s`,
  };
};

/** Events come faster than they can be handled. */
export const overloaded: Fault = async (world, scale) => {
  const all = jobs(Math.round(20_000 * scale));
  const consumer = await world.start({ roles: ['consumer'], workMs: 10, concurrency: 16 });
  const memory = async () => Number(await consumer.ask('memory'));
  let [most, lag, done] = [0, 0, 0];
  // What it takes for its first work it keeps; what counts is whether it goes on taking.
  let before: number | undefined;
  let looked = 0;
  const look = async () => {
    done = await world.effectCount();
    // It clears away what it does not need for that, which takes the time of its work.
    if (Date.now() - looked < 1000) return;
    looked = Date.now();
    const used = await memory();
    if (done >= all.length / 4) most = Math.max(most, used - (before ??= used));
  };
  for (let start = 0; start < all.length; start += 1000) {
    const second = Date.now();
    await world.send(all.slice(start, start + 1000));
    await look();
    lag = Math.max(lag, await world.lag());
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 200 - (Date.now() - second))));
  }
  const end = Date.now() + LONGEST_MS;
  while (done < all.length) {
    await look();
    if (Date.now() > end) throw new Error(`Within ${LONGEST_MS / 1000} seconds ${done} of ${all.length} were done.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { ...(await world.compare(all)), note: `lag up to ${lag}, memory +${Math.round(most / MEGABYTE)} MB` };
};
