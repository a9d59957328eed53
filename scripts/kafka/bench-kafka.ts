/**
 * Measures the Kafka broker without a Kafka: on the mock cluster of librdkafka. Needs gcc and Debian's librdkafka-dev. With
 * `KAFKA_BOOTSTRAP_SERVERS` `npm run bench -- messaging` measures a real one.
 */
import { onMockCluster } from './on-mock-cluster.js';

const bench = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs', 'bench/main.ts'];
const flags = ['--only', 'kafka', ...process.argv.slice(2)];
process.exitCode = await onMockCluster(process.execPath, [...bench, 'messaging', ...flags]);
