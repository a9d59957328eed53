import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The mock cluster of librdkafka as a process: as much of a Kafka as there is where none can be installed. */
export class MockCluster implements AsyncDisposable {
  private constructor(
    private readonly folder: string,
    private readonly cluster: ChildProcessWithoutNullStreams,
    /** Where it answers. */
    readonly address: string,
  ) {}

  /** Answers nothing where it cannot be built: that needs gcc and Debian's librdkafka-dev. */
  static async start(): Promise<MockCluster | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'core-kafka-'));
    const program = join(folder, 'mock-cluster');
    try {
      const source = join(import.meta.dirname, 'mock-cluster.c');
      execFileSync('gcc', ['-O2', '-o', program, source, '-lrdkafka'], { stdio: 'ignore' });
    } catch {
      await rm(folder, { recursive: true });
      return undefined;
    }
    const cluster = spawn(program);
    cluster.stderr.resume();
    const [address] = (await once(cluster.stdout, 'data')) as [Buffer];
    return new MockCluster(folder, cluster, address.toString().trim());
  }

  /** Takes its server away, or brings it back with what it had. */
  async be(what: 'down' | 'up'): Promise<void> {
    this.cluster.stdin.write(`${what}\n`);
    await once(this.cluster.stdout, 'data');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cluster.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
