/**
 * Runs the conformance of the Kafka broker without a Kafka: against the mock cluster of librdkafka, as far as that goes.
 * Needs gcc and Debian's librdkafka-dev. With `KAFKA_BOOTSTRAP_SERVERS` the suite runs in full, as any other test does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MockCluster } from './mock-cluster.js';

const NOT_COVERED = `Not covered by the mock cluster:
- making, deleting and describing topics, deleting groups (it knows no such requests),
- several members of a group that join at once (its answer to the second is an error),
- more than one server: replication, elections, rack awareness,
- rights, TLS and SASL; quotas; retention and compaction;
- timing: it holds every request for data for the whole of its longest wait.
Run with KAFKA_BOOTSTRAP_SERVERS=host:port for all of it:
  KAFKA_BOOTSTRAP_SERVERS=localhost:9092 npm run test:unit -- libs/messaging/src/adapters/kafka.spec.ts
`;

const cluster = await MockCluster.start();
if (!cluster) {
  console.error('The mock cluster could not be built: apt-get install gcc librdkafka-dev');
  process.exit(1);
}
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const suite = ['libs/messaging/src/adapters/kafka.spec.ts', '--selectProjects', 'unit', ...process.argv.slice(2)];
const run = spawn(process.execPath, [...jest, ...suite], {
  stdio: 'inherit',
  env: { ...process.env, KAFKA_MOCK_SERVERS: cluster.address },
});
const [code] = (await once(run, 'exit')) as [number | null];
await cluster[Symbol.asyncDispose]();
console.log(NOT_COVERED);
process.exitCode = code ?? 1;
