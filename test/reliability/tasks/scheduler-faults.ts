import type { FaultOutcome } from '../fault-test.js';
import { type ChoresWorld, until } from './chores-world.js';

const SKEWS_MS = [0, 7000, -7000, 90_000];

/** Four schedulers with clocks that differ emit a slot per second; one is killed and one is stopped for a while. */
export async function skewedSchedulers(world: ChoresWorld, scale: number): Promise<FaultOutcome> {
  const slots = Math.max(6, Math.round(60 * scale));
  await world.start(['worker']);
  const schedulers = await Promise.all(SKEWS_MS.map((skew) => world.start(['scheduler'], { SKEW_MS: String(skew) })));
  const [victim, , stopped] = schedulers;
  const seen = async () => [...(await world.effects())].map(([name]) => Date.parse(name.slice('slot '.length)));
  const count = (least: number) =>
    until(`${least} slots were emitted`, async () => (await world.effectCount()) >= least, least + 30);
  await count(Math.floor(slots / 3));
  await victim?.kill('SIGKILL');
  if (stopped) process.kill(stopped.pid, 'SIGSTOP');
  await count(Math.floor((slots * 2) / 3));
  if (stopped) process.kill(stopped.pid, 'SIGCONT');
  await count(slots);
  await Promise.all(schedulers.slice(1).map((scheduler) => scheduler.kill('SIGTERM')));
  const times = (await seen()).toSorted((one, next) => one - next);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const expected = Array.from({ length: (last - first) / 1000 + 1 }, (_, index) => first + index * 1000);
  const lost = expected.filter((slot) => !times.includes(slot)).length;
  const duplicated = [...(await world.effects()).values()].reduce((sum, runs) => sum + runs - 1, 0);
  return { messages: expected.length, lost, duplicated, note: 'slots, clocks at 0, +7, -7 and +90 s' };
}
