import {
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  IsTimeZone,
  Matches,
  Min,
} from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import { REDIS_ADDRESS } from '../rules/redis-url.js';
import type { RedisSettings } from './redis.settings.js';
import type { TimeSettings } from './time.settings.js';

const DEFAULT_REDIS = 'redis://localhost:6379/0';
const REDIS_RULE = { message: `$property must be an address such as ${DEFAULT_REDIS}` };

/** Where background tasks wait, and what holds for tasks that do not say otherwise. */
@SettingsGroup({ title: 'Background tasks', owner: '@core-framework/tasks' })
export class TasksSettings {
  /** Name of a task backend: one that is built in, or one that the application registers. */
  @Setting({ description: 'Where tasks wait: `database`, `redis`, `memory`, `sync` or a registered backend.' })
  @IsString()
  @Matches(/^\w[\w-]*$/, { message: '$property must be the name of a task backend' })
  taskBackend = 'database';

  /** Whether a process that does not say so itself runs tasks and emits periodic ones. */
  @Setting({
    description:
      'Whether the API runs tasks and emits periodic ones itself. On when not set and database and tasks are embedded.',
  })
  @IsOptional()
  @IsBoolean()
  taskInProcess?: boolean;

  @Setting<TasksSettings>({
    description: 'Whether this process runs tasks. `TASK_IN_PROCESS` when not set.',
    derive: ({ taskInProcess }) => taskInProcess,
  })
  @IsOptional()
  @IsBoolean()
  taskWorker?: boolean;

  @Setting<TasksSettings>({
    description: 'Whether this process emits periodic tasks. `TASK_IN_PROCESS` when not set.',
    derive: ({ taskInProcess }) => taskInProcess,
  })
  @IsOptional()
  @IsBoolean()
  taskScheduler?: boolean;

  /** Queues that this process takes tasks from. */
  @Setting({ description: 'Queues that this process takes tasks from; all whose tasks it knows when empty.' })
  @Matches(/^\w[\w.-]{0,99}$/, { each: true, message: '$property must list queues such as default,emails' })
  taskQueues: readonly string[] = [];

  @Setting({ description: 'Queue of tasks that name none.' })
  @IsString()
  @IsNotEmpty()
  taskDefaultQueue = 'default';

  @Setting({ description: 'Tasks that one worker runs at the same time.' })
  @IsInt()
  @Min(1)
  taskWorkerConcurrency = 4;

  @Setting({ description: 'How often a failed task is tried again.' })
  @IsInt()
  @Min(0)
  taskDefaultRetry = 3;

  @Setting({ description: 'Seconds after which a task is stopped.' })
  @IsInt()
  @Min(1)
  taskDefaultTimeout = 300;

  @Setting({ description: 'Seconds for which what a task answered is kept.' })
  @IsInt()
  @Min(0)
  taskResultTtl = 86_400;

  @Setting({
    description:
      'Most seconds until a worker sees a task that another process has written; PostgreSQL tells it at once.',
  })
  @IsNumber()
  @Min(0.01)
  taskPoll = 1;

  /** Time zone of cron expressions that name none. */
  @Setting<TimeSettings>({
    description: 'Time zone of periodic tasks that name none. `TIMEZONE` when not set.',
    derive: ({ timezone }) => timezone,
  })
  @IsTimeZone()
  taskTimezone = 'UTC';

  /** Redis that keeps the queues of `TASK_BACKEND=redis`. */
  @Setting<RedisSettings>({
    aliases: ['CELERY_BROKER_URL'],
    secret: true,
    description: 'Redis that keeps the queues of `TASK_BACKEND=redis`. `REDIS_URL` when not set and that is.',
    derive: ({ redisUrl }) => redisUrl,
  })
  @IsString()
  @Matches(REDIS_ADDRESS, REDIS_RULE)
  taskBrokerUrl = DEFAULT_REDIS;

  /** Redis that keeps the results of `TASK_BACKEND=redis`. */
  @Setting<TasksSettings>({
    aliases: ['CELERY_RESULT_BACKEND'],
    secret: true,
    description: 'Redis that keeps the results of `TASK_BACKEND=redis`. `TASK_BROKER_URL` when not set.',
    derive: ({ taskBrokerUrl }) => taskBrokerUrl,
  })
  @IsString()
  @Matches(REDIS_ADDRESS, REDIS_RULE)
  taskResultUrl = DEFAULT_REDIS;
}
