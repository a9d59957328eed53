import type { FaultOutcome } from '../fault-test.js';
import { type ChoresWorld, names, until } from './chores-world.js';

const MEGABYTE = 1024 * 1024;
const CONCURRENCY = 16;
const AT_ONCE = 500;

/** Tasks come faster than they can be done. */
export async function overloaded(world: ChoresWorld, scale: number): Promise<FaultOutcome> {
  const chores = names(Math.max(2000, Math.round(6000 * scale)));
  const worker = await world.start(['worker'], { WORK_MS: '10', TASK_WORKER_CONCURRENCY: String(CONCURRENCY) });
  const memory = async () => Number(await worker.ask('memory'));
  await world.enqueue('once', chores.slice(0, AT_ONCE));
  await until('it was at work', async () => (await world.effectCount()) >= 200);
  let [growth, mostRunning, mostWaiting, done] = [0, 0, 0, 0];
  // What it takes for its first work it keeps; what counts is whether it goes on taking.
  let before: number | undefined;
  const look = async () => {
    const { running, waiting } = await world.backend.counts('chores');
    done = await world.effectCount();
    [mostRunning, mostWaiting] = [Math.max(mostRunning, running), Math.max(mostWaiting, waiting)];
    if (done < chores.length / 4) return;
    const used = await memory();
    growth = Math.max(growth, used - (before ??= used));
  };
  for (let start = AT_ONCE; start < chores.length; start += AT_ONCE) {
    await world.enqueue('once', chores.slice(start, start + AT_ONCE));
    await look();
  }
  await until(
    'all were done',
    async () => {
      await look();
      return done >= chores.length;
    },
    150,
  );
  // Those that have ended are held until that is noted, and so many at most.
  if (mostRunning > 3 * CONCURRENCY) throw new Error(`${mostRunning} were held at once.`);
  const note = `${mostRunning} held at most, up to ${mostWaiting} waiting, memory +${Math.round(growth / MEGABYTE)} MB`;
  return { ...(await world.compare(chores)), note };
}
