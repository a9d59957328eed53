import { atomic, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { TASK_BACKEND, type TaskBackend, type TaskHandle, TaskService } from '@core-framework/tasks';
import { createTestDatabase, type TestDatabase } from '@core-framework/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FaultProcess } from '../fault-process.js';
import { ChoresApp, Effect } from './chores.app.js';

/** Where tasks wait, and the settings that lead there. */
export interface BackendUnderFault {
  /** For the table: `database on sqlite`. */
  readonly name: string;
  /** Address of the server on which the world gets a database. */
  readonly server: string;
  readonly env: Readonly<Record<string, string>>;
  /** Takes away what another test has left on a server that they share. */
  clear?(): Promise<void>;
}

const PROCESS = 'test/reliability/tasks/chores.process.ts';

/** A database with a ledger of effects, and the processes of an application that works on it. */
export class ChoresWorld implements AsyncDisposable {
  readonly #processes = new Set<FaultProcess>();

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly database: TestDatabase,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open({ server, env: given }: BackendUnderFault): Promise<ChoresWorld> {
    const database = await createTestDatabase(server);
    const env = { ...given, DATABASE_URL: database.url, SHUTDOWN_TIMEOUT_MS: '10000' };
    const module = ChoresApp.with({ env: { ENVIRONMENT: 'testing', ...env }, roles: ['relay'], schema: 'update' });
    const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
    return new ChoresWorld(app, database, env);
  }

  get backend(): TaskBackend {
    return this.app.get<TaskBackend>(TASK_BACKEND);
  }

  get tasks(): TaskService {
    return this.app.get(TaskService);
  }

  start(roles: readonly ('worker' | 'scheduler' | 'old')[], env: Record<string, string> = {}): Promise<FaultProcess> {
    const started = FaultProcess.start(PROCESS, { ...this.env, ROLES: roles.join(), ...env });
    void started.then((process) => this.#processes.add(process)).catch(() => undefined);
    return started;
  }

  /** Runs work in a unit of its own. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.app.get<Database>(DATABASE) });
  }

  /** Enqueues a task for each name, all in one transaction. */
  enqueue(task: string, names: readonly string[]): Promise<readonly TaskHandle[]> {
    return this.run(() =>
      atomic(async () => {
        const handles: TaskHandle[] = [];
        for (const name of names) handles.push(await this.tasks.send(task, { args: [name] }));
        return handles;
      }),
    );
  }

  /** How often each effect came about. */
  async effects(): Promise<ReadonlyMap<string, number>> {
    const names = await this.run(() => Effect.objects.pluck('name'));
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  effectCount(): Promise<number> {
    return this.run(() => Effect.objects.count());
  }

  /** What became of names: those without an effect, and effects beyond the first. */
  async compare(names: readonly string[]): Promise<{ messages: number; lost: number; duplicated: number }> {
    const counts = await this.effects();
    const lost = names.filter((name) => !counts.has(name)).length;
    const duplicated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    return { messages: names.length, lost, duplicated };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.kill('SIGKILL')));
    await this.app.close();
    await this.database[Symbol.asyncDispose]();
  }
}

export const names = (count: number, prefix = 'chore') => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

/** Resolves once a condition holds; rejects after so many seconds. */
export async function until(what: string, condition: () => Promise<boolean> | boolean, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Within ${seconds} seconds it did not happen that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
