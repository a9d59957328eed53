/**
 * Runs the conformance of the Kafka broker without a Kafka: against the mock cluster of librdkafka, as far as that goes.
 * Needs gcc and Debian's librdkafka-dev. With `KAFKA_BOOTSTRAP_SERVERS` the suite runs in full, as any other test does.
 */
import { onMockCluster } from './on-mock-cluster.js';

const NOT_COVERED = `Not covered by the mock cluster:
- making, deleting and describing topics, deleting groups (it knows no such requests),
- several members of a group that join at once (its answer to the second is an error),
- more than one server: replication, elections, rack awareness,
- rights, TLS and SASL; quotas; retention and compaction;
- timing: it holds every request for data for the whole of its longest wait.
Run with KAFKA_BOOTSTRAP_SERVERS=host:port for all of it:
  KAFKA_BOOTSTRAP_SERVERS=localhost:9092 npm run test:unit -- libs/messaging/src/adapters/kafka.spec.ts
`;

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const suite = ['libs/messaging/src/adapters/kafka.spec.ts', '--selectProjects', 'unit', ...process.argv.slice(2)];
process.exitCode = await onMockCluster(process.execPath, [...jest, ...suite]);
console.log(NOT_COVERED);
