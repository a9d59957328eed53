import type { FaultOutcome } from '../fault-test.js';
import type { BrokerServer } from '../brokers/broker-server.js';
import { jobs, type LedgerWorld, until } from './ledger-world.js';

export type BrokerFault = (world: LedgerWorld, scale: number, server: BrokerServer) => Promise<FaultOutcome>;

const AWAY_MS = 2000;

/** The broker ends under load, is away for two seconds and comes back with what it had. */
function brokerEnds(signal: 'SIGTERM' | 'SIGKILL'): BrokerFault {
  return async (world, scale, server) => {
    const all = jobs(Math.round(1500 * scale));
    const half = all.length / 2;
    await world.start({ roles: ['consumer', 'relay'], workMs: 5 });
    const publishing = world.publish(all);
    await until('half of the jobs were done', async () => (await world.effectCount()) >= half / 2);
    await server.down(signal);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    const before = await world.effectCount();
    await server.up();
    const back = Date.now();
    await until('work went on', async () => (await world.effectCount()) > Math.min(before, all.length - 1));
    const recoverySeconds = (Date.now() - back) / 1000;
    await publishing;
    await until('all jobs were done', async () => (await world.effects()).size >= all.length);
    await until('nothing is left', async () => (await world.lag()) === 0);
    return { ...(await world.compare(all)), recoverySeconds, note: `${before} done when it came back` };
  };
}

export const brokerStopped = brokerEnds('SIGTERM');
export const brokerKilled = brokerEnds('SIGKILL');

/** The broker is not there when events are published. */
export const brokerAway: BrokerFault = async (world, scale, server) => {
  const all = jobs(Math.round(200 * scale));
  await world.start({ roles: ['consumer', 'relay'] });
  // In order: RabbitMQ loses a queue that was made within a second before it is killed.
  await server.down('SIGTERM');
  const started = Date.now();
  const refusal: unknown = await world.send(jobs(1, 'straight')).then(
    () => undefined,
    (error: unknown) => error,
  );
  const refusedAfter = (Date.now() - started) / 1000;
  if (!(refusal instanceof Error) || refusedAfter > 6) {
    throw new Error(`Publishing past the outbox ended after ${refusedAfter} seconds with ${String(refusal)}.`);
  }
  await world.publish(all);
  await server.up();
  const back = Date.now();
  await until('all jobs were done', async () => (await world.effects()).size >= all.length);
  const outcome = await world.compare(all);
  return {
    ...outcome,
    recoverySeconds: (Date.now() - back) / 1000,
    note: `refused after ${refusedAfter.toFixed(1)} s without the outbox`,
  };
};
