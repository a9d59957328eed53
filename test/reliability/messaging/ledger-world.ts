import { randomUUID } from 'node:crypto';
import { atomic, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { OutboxService } from '@core-framework/outbox';
import { type DeadLetter, EventBus, MESSAGE_BROKER, type MessageBroker } from '@core-framework/messaging';
import { createTestDatabase, type TestDatabase } from '@core-framework/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FaultProcess } from '../fault-process.js';
import { Effect, GROUP, type Job, JOB_EVENT, LedgerApp } from './ledger.app.js';

/** A broker that a world runs on, and the settings that lead to it. */
export interface BrokerUnderFault {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it tells how far behind groups are; else a consumer is asked. @defaultValue true */
  readonly describesTopics?: boolean;
}

/** How a process of a world works. */
export interface ProcessOptions {
  readonly roles: readonly ('consumer' | 'relay')[];
  /** Milliseconds that a job takes. @defaultValue 0 */
  readonly workMs?: number;
  /** @defaultValue 16 */
  readonly concurrency?: number;
  /** @defaultValue 32 */
  readonly prefetch?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Seconds after which what a process that died had in hand is given to another. */
const VISIBILITY_SECONDS = 3;

const PROCESS = 'test/reliability/messaging/ledger.process.ts';

/** A database with a ledger of effects, a topic, and the processes of an application that works on them. */
export class LedgerWorld implements AsyncDisposable {
  readonly topic = `jobs-${randomUUID().slice(0, 8)}`;
  readonly #processes = new Set<FaultProcess>();

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly database: TestDatabase,
    private readonly env: Readonly<Record<string, string>>,
    private readonly describesTopics: boolean,
  ) {}

  static async open(server: string, broker: BrokerUnderFault): Promise<LedgerWorld> {
    const database = await createTestDatabase(server);
    const env = {
      ...broker.env,
      DATABASE_URL: database.url,
      DB_POOL_SIZE: '20',
      MESSAGE_BROKER: broker.name,
      MESSAGE_VISIBILITY: String(VISIBILITY_SECONDS),
      SHUTDOWN_TIMEOUT_MS: '10000',
    };
    const module = LedgerApp.with({
      env: { ENVIRONMENT: 'testing', ...env },
      consumers: false,
      relay: false,
      schema: 'update',
    });
    const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
    return new LedgerWorld(app, database, env, broker.describesTopics ?? true);
  }

  get broker(): MessageBroker {
    return this.app.get<MessageBroker>(MESSAGE_BROKER);
  }

  get outbox(): OutboxService {
    return this.app.get(OutboxService);
  }

  start({ roles, workMs = 0, concurrency = 16, prefetch = 32, env = {} }: ProcessOptions): Promise<FaultProcess> {
    const started = FaultProcess.start(PROCESS, {
      ...this.env,
      TOPIC: this.topic,
      ROLES: roles.join(),
      WORK_MS: String(workMs),
      CONCURRENCY: String(concurrency),
      PREFETCH: String(prefetch),
      ...env,
    });
    void started.then((process) => this.#processes.add(process)).catch(() => undefined);
    return started;
  }

  /** Runs work in a unit of its own. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.app.get<Database>(DATABASE) });
  }

  /** Publishes jobs through the outbox, fifty in a transaction. */
  async publish(jobs: readonly Job[], keyOf?: (job: Job) => string): Promise<void> {
    const bus = this.app.get(EventBus);
    for (let start = 0; start < jobs.length; start += 50) {
      await this.run(() =>
        atomic(async () => {
          for (const job of jobs.slice(start, start + 50)) {
            const key = keyOf?.(job);
            await bus.publish(JOB_EVENT, job, { topic: this.topic, id: job.id, ...(key && { key }) });
          }
        }),
      );
    }
  }

  /** Hands jobs to the broker past the outbox, as somebody does who publishes a thing again. */
  async send(jobs: readonly Job[]): Promise<void> {
    const messages = jobs.map((job) => ({
      id: job.id,
      type: JOB_EVENT,
      source: 'reliability',
      time: new Date().toISOString(),
      data: JSON.stringify(job),
      headers: {},
    }));
    await this.broker.publish(this.topic, messages);
  }

  /** How often each effect came about. */
  async effects(): Promise<ReadonlyMap<string, number>> {
    const names = await this.run(() => Effect.objects.pluck('name'));
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** Rejects when effects of jobs of one key did not come about in the order of the jobs. */
  async checkOrder(jobs: readonly Job[], keyOf: (job: Job) => string): Promise<void> {
    const names = await this.run(() => Effect.objects.orderBy('id').pluck('name'));
    const places = new Map(jobs.map((job, place) => [job.name, { place, key: keyOf(job) }]));
    const last = new Map<string, number>();
    for (const name of names) {
      const { place, key } = places.get(name) ?? { place: -1, key: '' };
      if (place < (last.get(key) ?? 0)) throw new Error(`${name} was done after a later one of the key ${key}.`);
      last.set(key, place);
    }
  }

  async effectCount(): Promise<number> {
    return this.run(() => Effect.objects.count());
  }

  /** How many messages the group has not dealt with, as the broker sees it. */
  async lag(): Promise<number> {
    if (!this.describesTopics) {
      const consumer = [...this.#processes].find(({ isOver }) => !isOver);
      return Number(await consumer?.ask('lag'));
    }
    const described = await this.broker.describeTopic(this.topic);
    return described?.groups.find(({ group }) => group === GROUP)?.lag ?? 0;
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return this.broker.deadLetters({ topic: this.topic, group: GROUP }, 1000);
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.kill('SIGKILL')));
  }

  /** What became of jobs: those without an effect, and effects beyond the first. */
  async compare(jobs: readonly Job[]): Promise<{ messages: number; lost: number; duplicated: number }> {
    const counts = await this.effects();
    const lost = jobs.filter(({ name }) => !counts.has(name)).length;
    const duplicated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    return { messages: jobs.length, lost, duplicated };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killAll();
    await this.broker.deleteTopic(this.topic).catch(() => undefined);
    await this.app.close();
    await this.database[Symbol.asyncDispose]();
  }
}

/** Jobs by number: `job-0`, `job-1` … */
export function jobs(count: number, prefix = 'job'): readonly Job[] {
  return Array.from({ length: count }, (_, index) => ({ id: randomUUID(), name: `${prefix}-${index}` }));
}

/** Gives each job one of so many keys, in turn. */
export function keyAmong(count: number): (job: Job) => string {
  return ({ name }) => `k${Number(name.split('-')[1]) % count}`;
}

/** A job that never succeeds. */
export function poison(kind: 'throws' | 'kills'): Job {
  return { id: randomUUID(), name: 'bad', poison: kind };
}

/** Resolves once a condition holds; rejects after so many seconds. */
export async function until(what: string, condition: () => Promise<boolean> | boolean, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Within ${seconds} seconds it did not happen that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
