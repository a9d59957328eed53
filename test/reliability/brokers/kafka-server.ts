import { MockCluster } from '../../../scripts/kafka/mock-cluster.js';
import type { BrokerServer } from './broker-server.js';

/** The mock cluster of librdkafka. It cannot be killed and keep what it had: its server is taken away and comes back. */
export class KafkaServer implements BrokerServer {
  private constructor(private readonly cluster: MockCluster) {}

  /** Answers nothing where the mock cluster cannot be built. */
  static async start(): Promise<KafkaServer | undefined> {
    const cluster = await MockCluster.start();
    return cluster && new KafkaServer(cluster);
  }

  get env(): Readonly<Record<string, string>> {
    return { KAFKA_BOOTSTRAP_SERVERS: this.cluster.address };
  }

  up(): Promise<void> {
    return this.cluster.be('up');
  }

  down(): Promise<void> {
    return this.cluster.be('down');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cluster[Symbol.asyncDispose]();
  }
}
