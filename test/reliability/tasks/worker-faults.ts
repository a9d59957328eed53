import { atomic } from '@core-framework/orm';
import type { FaultOutcome } from '../fault-test.js';
import type { FaultProcess } from '../fault-process.js';
import { type ChoresWorld, names, until } from './chores-world.js';

const begun = ({ lines }: FaultProcess) => lines.filter((line) => line.startsWith('begun')).length;
const secondsSince = (start: number) => (performance.now() - start) / 1000;

/** Twenty tasks of two seconds; the worker is killed while four run. */
export async function workerKilled(world: ChoresWorld): Promise<FaultOutcome> {
  const chores = names(20);
  const victim = await world.start(['worker'], { WORK_MS: '2000' });
  await world.enqueue('once', chores);
  await victim.printed(() => begun(victim) >= 4);
  await victim.kill('SIGKILL');
  const start = performance.now();
  await world.start(['worker'], { WORK_MS: '2000' });
  await until('all were done', async () => (await world.effectCount()) >= chores.length);
  const recoverySeconds = secondsSince(start);
  if (recoverySeconds > 25) throw new Error(`All were done only after ${recoverySeconds.toFixed(1)} seconds.`);
  return { ...(await world.compare(chores)), recoverySeconds };
}

/** A task that kills each worker, among others; workers are started again. */
export async function poisonKills(world: ChoresWorld): Promise<FaultOutcome> {
  const chores = names(20);
  const [deadly] = await world.enqueue('deadly', ['']);
  await world.enqueue('once', chores);
  let kills = 0;
  while ((await deadly?.status()) !== 'failed') {
    const worker = await world.start(['worker'], { LEASE_MS: '1000' });
    const isOver = worker.exit.then(() => true);
    const failed = until('it was given up', async () => (await deadly?.status()) === 'failed').then(() => false);
    if (await Promise.race([isOver, failed])) kills += 1;
    else break;
  }
  if (kills > 3) throw new Error(`It killed ${kills} workers.`);
  await until('the others were done', async () => (await world.effectCount()) >= chores.length);
  return { ...(await world.compare(chores)), note: `given up after ${kills} workers` };
}

/** A worker is told to end while four tasks run and twenty wait. */
export async function terminated(world: ChoresWorld): Promise<FaultOutcome> {
  const chores = names(24);
  const worker = await world.start(['worker'], { WORK_MS: '2000' });
  await world.enqueue('once', chores);
  await worker.printed(() => begun(worker) >= 4);
  const start = performance.now();
  const code = await worker.kill('SIGTERM');
  const seconds = secondsSince(start);
  if (code !== 0) throw new Error(`It ended with ${code}.`);
  const done = await world.effectCount();
  if (done !== 4 || begun(worker) !== 4) throw new Error(`${done} of ${begun(worker)} tasks were done.`);
  const { waiting, running } = await world.backend.counts('chores');
  if (waiting !== 20 || running !== 0) throw new Error(`${waiting} wait and ${running} run.`);
  await world.start(['worker']);
  await until('the rest was done', async () => (await world.effectCount()) >= chores.length);
  return { ...(await world.compare(chores)), note: `ended with 0 after ${seconds.toFixed(1)} s` };
}

/** A worker is told to end while tasks run for longer than it may wait. */
export async function terminatedLate(world: ChoresWorld): Promise<FaultOutcome> {
  const chores = names(8);
  const worker = await world.start(['worker'], { WORK_MS: '60000', SHUTDOWN_TIMEOUT_MS: '1000' });
  const handles = await world.enqueue('once', chores);
  await worker.printed(() => begun(worker) >= 4);
  if ((await worker.kill('SIGTERM')) !== 0) throw new Error('It did not end with 0.');
  const attempts = await Promise.all(handles.map(async (handle) => (await handle.record())?.attempts ?? -1));
  if (attempts.some((count) => count !== 0)) throw new Error(`Attempts were used up: ${attempts.join(' ')}.`);
  const start = performance.now();
  await world.start(['worker']);
  await until('all were done', async () => (await world.effectCount()) >= chores.length);
  return { ...(await world.compare(chores)), recoverySeconds: secondsSince(start) };
}

/** A worker that does nothing but compute loses its task; its own end of it comes late. */
export async function blocked(world: ChoresWorld): Promise<FaultOutcome> {
  const first = await world.start(['worker'], { LEASE_MS: '2000', BLOCKS: 'yes' });
  await world.run(() => world.tasks.send('block', { args: ['blocked', 8000] }));
  await first.printed(() => begun(first) === 1);
  const second = await world.start(['worker'], { LEASE_MS: '2000' });
  await second.printed(() => begun(second) === 1);
  await until('it was done', async () => (await world.effectCount()) >= 1);
  if ((await first.kill('SIGTERM')) !== 0) throw new Error('The one that was blocked did not end with 0.');
  return { ...(await world.compare(['blocked'])), note: 'run by 2, effect once' };
}

/** Old workers are offered tasks that they do not know. */
export async function deploySkew(world: ChoresWorld): Promise<FaultOutcome> {
  const [known, unknown] = [names(20, 'known'), names(20, 'new')];
  await world.start(['worker', 'old']);
  await world.enqueue('novelty', unknown);
  await world.enqueue('once', known);
  await until('the old ones were done', async () => (await world.effectCount()) >= known.length);
  if ((await world.backend.counts('chores')).failed > 0) throw new Error('Tasks failed that nobody knew.');
  const start = performance.now();
  await world.start(['worker']);
  await until('the new ones were done', async () => (await world.effectCount()) >= 40);
  return { ...(await world.compare([...known, ...unknown])), recoverySeconds: secondsSince(start) };
}

/** Half of the transactions in which tasks are enqueued roll back. */
export async function rolledBack(world: ChoresWorld): Promise<FaultOutcome> {
  const kept = names(50, 'kept');
  await world.start(['worker']);
  for (const [index, name] of kept.entries()) {
    const lost = world.run(() =>
      atomic(async () => {
        await world.tasks.send('once', { args: [`lost-${index}`] });
        throw new Error('rolled back');
      }),
    );
    await lost.catch(() => undefined);
    await world.enqueue('once', [name]);
  }
  await until('what was kept was done', async () => (await world.effectCount()) >= kept.length);
  const leaked = [...(await world.effects()).keys()].filter((name) => name.startsWith('lost')).length;
  if (leaked > 0) throw new Error(`${leaked} tasks ran whose transactions had rolled back.`);
  return world.compare(kept);
}

/** Tasks take longer than they may: some end when they are told, others do not. */
export async function timedOut(world: ChoresWorld): Promise<FaultOutcome> {
  const [heeding, ignoring] = [names(8, 'heed'), names(4, 'ignore')];
  const worker = await world.start(['worker'], { TASK_WORKER_CONCURRENCY: '16' });
  const late = await world.enqueue('ignore', ignoring);
  const told = await world.enqueue('heed', heeding);
  await until('those that heed it were done', async () => (await world.effectCount()) >= heeding.length);
  await worker.printed((lines) => lines.filter((line) => line.startsWith('late')).length === ignoring.length);
  for (const handle of told) {
    await handle.result();
    if ((await handle.record())?.attempts !== 2) throw new Error('One that heeds it was not tried twice.');
  }
  for (const handle of late) {
    const { status, result, error = '' } = (await handle.record()) ?? {};
    if (status !== 'failed' || result !== undefined || !error.startsWith('TaskTimeoutError')) {
      throw new Error(`One that ignores it is ${status} with ${result ?? error}.`);
    }
  }
  return { ...(await world.compare(heeding)), note: '8 stopped and tried again, 4 given up, their answers dropped' };
}
