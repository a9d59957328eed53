/**
 * Runs the two-service example: `npm run start:microservices`. Four processes, each started again when it dies: the APIs of
 * users (8001) and orders (8002), and a consumer beside each, over the broker that the environment names.
 */
import { MicroservicesExample } from './microservices/example.js';

const { MESSAGE_BROKER, REDIS_URL, RABBITMQ_URL, KAFKA_BOOTSTRAP_SERVERS } = process.env;
if (MESSAGE_BROKER === 'memory' || !(MESSAGE_BROKER || REDIS_URL || RABBITMQ_URL || KAFKA_BOOTSTRAP_SERVERS)) {
  console.error(
    'Several processes need a broker between them. For example: REDIS_URL=redis://localhost:6379/0 npm run start:microservices',
  );
  process.exit(2);
}

const example = new MicroservicesExample({
  env: process.env as Record<string, string>,
  print: (name, line) => process.stdout.write(`${name.padEnd(14)} ${line}\n`),
});
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void example.stop().then(() => process.exit(0));
  });
}
await example.start();
console.log(`
  User API   http://localhost:8001/api/v1   docs at http://localhost:8001/docs
  Order API  http://localhost:8002/api/v1   docs at http://localhost:8002/docs
`);
