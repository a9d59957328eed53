import type { CoreSettings } from '@core-framework/config';
import type { Database } from '@core-framework/orm';
import { MissingTaskPackageError, TaskBackendChoiceError } from '../errors/tasks.errors.js';
import type { ResolvedTasksOptions, TasksOptions } from '../tasks.options.js';
import { DatabaseTaskBackend } from './database/database.backend.js';
import { MemoryTaskBackend } from './memory/memory.backend.js';
import { SyncTaskBackend } from './sync/sync.backend.js';
import type { TaskBackend } from './task-backend.js';

interface BackendParts {
  readonly settings: Partial<CoreSettings>;
  readonly options: Pick<ResolvedTasksOptions, 'pollMs' | 'resultTtlMs'>;
  readonly database: Database;
}

type BackendFactory = (parts: BackendParts) => TaskBackend | Promise<TaskBackend>;

const BUILT_IN: Readonly<Record<string, BackendFactory>> = {
  database: ({ database, options: { pollMs, resultTtlMs } }) =>
    new DatabaseTaskBackend(database, { pollMs, resultTtlMs }),
  memory: ({ settings, options: { resultTtlMs } }) => {
    refuseInProduction('memory', settings);
    return new MemoryTaskBackend({ resultTtlMs });
  },
  redis: async ({ settings, options: { resultTtlMs } }) => {
    const { taskBrokerUrl: url = 'redis://localhost:6379/0', taskResultUrl: resultUrl = url } = settings;
    const { RedisTaskBackend } = await import('../adapters/redis.js').catch((cause: unknown) => {
      throw new MissingTaskPackageError('The task backend "redis"', 'bullmq ioredis', cause);
    });
    return new RedisTaskBackend({ url, resultUrl, resultTtlMs });
  },
  sync: ({ options: { resultTtlMs } }) => new SyncTaskBackend({ resultTtlMs }),
};

/** Makes the backend that the options or the settings name. @throws TaskBackendChoiceError, MissingTaskPackageError */
export async function chooseBackend(
  { backend, backends = {} }: Pick<TasksOptions, 'backend' | 'backends'>,
  parts: BackendParts,
): Promise<TaskBackend> {
  if (typeof backend === 'object') return backend;
  const own = Object.entries(backends).map(([name, make]): [string, BackendFactory] => [
    name,
    ({ settings }) => make(settings),
  ]);
  const known: Readonly<Record<string, BackendFactory>> = { ...BUILT_IN, ...Object.fromEntries(own) };
  const name = backend ?? parts.settings.taskBackend ?? 'database';
  const make = Object.hasOwn(known, name) ? known[name] : undefined;
  if (make) return make(parts);
  throw new TaskBackendChoiceError(
    `TASK_BACKEND names "${name}", which is no task backend.`,
    `Set it to ${Object.keys(known).join(' or ')}, or register it: TasksModule.forRoot({ backends: { … } }).`,
  );
}

function refuseInProduction(name: string, { isProduction }: Partial<CoreSettings>): void {
  if (!isProduction) return;
  throw new TaskBackendChoiceError(
    `The task backend "${name}" loses tasks with the process, which production refuses.`,
    'Set TASK_BACKEND=database or redis.',
  );
}
