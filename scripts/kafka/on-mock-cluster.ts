import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MockCluster } from './mock-cluster.js';

/** Runs a command beside the mock cluster, which it finds in `KAFKA_MOCK_SERVERS`, and answers its exit code. */
export async function onMockCluster(command: string, args: readonly string[]): Promise<number> {
  const cluster = await MockCluster.start();
  if (!cluster) {
    console.error('The mock cluster could not be built: apt-get install gcc librdkafka-dev');
    return 1;
  }
  const { KAFKA_BOOTSTRAP_SERVERS: _real, ...env } = process.env;
  const run = spawn(command, args, { stdio: 'inherit', env: { ...env, KAFKA_MOCK_SERVERS: cluster.address } });
  const [code] = (await once(run, 'exit')) as [number | null];
  await cluster[Symbol.asyncDispose]();
  return code ?? 1;
}
