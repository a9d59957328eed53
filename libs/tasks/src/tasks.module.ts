import { BootReportRegistry, type Clock, CLOCK, CommonModule, HealthRegistry } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { CoreOrmModule, type Database, getDatabaseToken } from '@core-framework/orm';
import { Inbox, Outbox, OutboxModule, OutboxRelay } from '@core-framework/outbox';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { chooseBackend } from './backends/choose-backend.js';
import { BackgroundTask } from './backends/database/background-task.model.js';
import { TaskGroup } from './backends/database/task-group.model.js';
import { TaskGroupResult } from './backends/database/task-group-result.model.js';
import { TaskLimit } from './backends/database/task-limit.model.js';
import { TaskSchedule } from './backends/database/task-schedule.model.js';
import type { TaskBackend } from './backends/task-backend.js';
import { TaskChecks } from './checks/task-checks.js';
import { injectedTaskClasses } from './decorators/inject-tasks.decorator.js';
import { TaskRegistry } from './definitions/task-registry.js';
import type { DefinedTask } from './producing/define-task.js';
import type { JobClass } from './producing/job.js';
import { createTaskClient } from './producing/task-calls.js';
import { TaskService } from './producing/task.service.js';
import { TaskRunner } from './running/task-runner.js';
import { PeriodicRegistry } from './scheduling/periodic-registry.js';
import { PeriodicTasks } from './scheduling/periodic-tasks.js';
import { TaskScheduler } from './scheduling/task-scheduler.js';
import { TaskFeature } from './task-feature.js';
import { TasksExplorer } from './tasks.explorer.js';
import { TasksLifecycle } from './tasks.lifecycle.js';
import {
  isEmbedded,
  RESOLVED_TASKS_OPTIONS,
  type ResolvedTasksOptions,
  resolveTasksOptions,
  TASK_BACKEND,
  TASKS_OPTIONS,
  type TasksExtras,
  type TasksOptions,
} from './tasks.options.js';
import { TaskWorker } from './working/task-worker.js';

const SETTINGS = { token: CoreSettings, optional: true };
const TASKS_DATABASE = Symbol.for('@core-framework/tasks:database');

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<TasksOptions>({
  optionsInjectionToken: TASKS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<TasksExtras>({ connection: 'default' }, ({ ...module }, { connection = 'default' }) => ({
    ...module,
    imports: [...(module.imports ?? []), tasksOf(connection, module.providers ?? [])],
    providers: [],
  }))
  .build();

@Module({})
class TasksCoreModule {}

/** What the application shares: global, so that whoever enqueues need not import anything. */
function tasksOf(connection: string, options: readonly Provider[]): DynamicModule {
  const database = getDatabaseToken(connection);
  const outbox = OutboxModule.forConnection(connection);
  const shared = [...options, ...providersOf(connection)];
  return {
    module: TasksCoreModule,
    global: true,
    imports: [
      CommonModule,
      DiscoveryModule,
      outbox,
      CoreOrmModule.forFeature([BackgroundTask, TaskLimit, TaskSchedule, TaskGroup, TaskGroupResult], { connection }),
    ],
    // Read when the application is put together: by then every class that injects a client has been loaded.
    get providers() {
      return [...shared, { provide: TASKS_DATABASE, useExisting: database }, ...clientProviders()];
    },
    get exports() {
      return [
        TASK_BACKEND,
        TASKS_DATABASE,
        RESOLVED_TASKS_OPTIONS,
        TaskService,
        TaskRegistry,
        TaskRunner,
        TasksExplorer,
        TaskWorker,
        TaskScheduler,
        PeriodicRegistry,
        PeriodicTasks,
        outbox,
        ...injectedTaskClasses().values(),
      ];
    },
  };
}

/** The registry of `ScheduleModule` where the application has one, so that all its timers are in one place. */
function timersOf(modules: ModuleRef): SchedulerRegistry {
  try {
    return modules.get(SchedulerRegistry, { strict: false });
  } catch {
    return new SchedulerRegistry();
  }
}

function clientProviders(): Provider[] {
  return [...injectedTaskClasses()].map(([type, token]) => ({
    provide: token,
    inject: [TaskService, TasksExplorer, RESOLVED_TASKS_OPTIONS],
    useFactory: (service: TaskService, explorer: TasksExplorer, { defaults }: ResolvedTasksOptions) =>
      createTaskClient(type, { service, defaults, instanceOf: (asked) => explorer.instanceOf(asked) }),
  }));
}

function providersOf(connection: string): Provider[] {
  const database = getDatabaseToken(connection);
  return [
    {
      provide: RESOLVED_TASKS_OPTIONS,
      inject: [TASKS_OPTIONS, database, SETTINGS],
      useFactory: (given: TasksOptions, opened: Database, settings: Partial<CoreSettings> = {}) => {
        const name = given.backend ?? settings.taskBackend ?? 'database';
        return resolveTasksOptions(given, settings, isEmbedded(opened) && name !== 'redis');
      },
    },
    {
      provide: TASK_BACKEND,
      inject: [TASKS_OPTIONS, RESOLVED_TASKS_OPTIONS, database, SETTINGS],
      useFactory: (
        given: TasksOptions,
        options: ResolvedTasksOptions,
        opened: Database,
        settings: Partial<CoreSettings> = {},
      ) => chooseBackend(given, { settings, options, database: opened }),
    },
    { provide: TaskRegistry, useFactory: () => new TaskRegistry() },
    {
      provide: TaskService,
      inject: [TASK_BACKEND, TaskRegistry, database, Outbox, CLOCK, RESOLVED_TASKS_OPTIONS],
      useFactory: (
        backend: TaskBackend,
        registry: TaskRegistry,
        opened: Database,
        outbox: Outbox,
        ...[clock, { defaults }]: [Clock, ResolvedTasksOptions]
      ) => new TaskService({ backend, registry, database: opened, outbox, clock, defaults }),
    },
    {
      provide: TasksExplorer,
      inject: [
        DiscoveryService,
        ExternalContextCreator,
        ModuleRef,
        TaskRegistry,
        PeriodicRegistry,
        RESOLVED_TASKS_OPTIONS,
      ],
      useFactory: (
        discovery: DiscoveryService,
        contexts: ExternalContextCreator,
        modules: ModuleRef,
        registry: TaskRegistry,
        ...[periodic, options]: [PeriodicRegistry, ResolvedTasksOptions]
      ) => new TasksExplorer({ discovery, contexts, modules, registry, periodic, options }),
    },
    { provide: PeriodicRegistry, useFactory: () => new PeriodicRegistry() },
    {
      provide: PeriodicTasks,
      inject: [PeriodicRegistry, TaskService],
      useFactory: (registry: PeriodicRegistry, service: TaskService) => new PeriodicTasks(registry, service),
    },
    {
      provide: TaskScheduler,
      inject: [TASK_BACKEND, TaskService, PeriodicRegistry, ModuleRef],
      useFactory: (backend: TaskBackend, service: TaskService, registry: PeriodicRegistry, modules: ModuleRef) =>
        new TaskScheduler({ backend, service, registry, timers: timersOf(modules) }),
    },
    {
      provide: TaskRunner,
      inject: [TaskRegistry, TASK_BACKEND, database, Inbox],
      useFactory: (registry: TaskRegistry, backend: TaskBackend, opened: Database, inbox: Inbox) =>
        new TaskRunner({ registry, backend, database: opened, inbox }),
    },
    {
      provide: TaskWorker,
      inject: [TASK_BACKEND, TaskRegistry, TaskRunner, RESOLVED_TASKS_OPTIONS],
      useFactory: (
        backend: TaskBackend,
        registry: TaskRegistry,
        runner: TaskRunner,
        { worker, concurrency, rules, leaseMs, drainTimeoutMs }: ResolvedTasksOptions,
      ) =>
        new TaskWorker(
          { backend, registry, runner },
          { queues: worker?.queues, concurrency, rules, leaseMs, drainTimeoutMs },
        ),
    },
  ];
}

/**
 * Runs work in the background. `forRoot()` once, in the application's module; tasks are methods of providers of any module,
 * decorated by `@Task` or `@PeriodicTask`.
 */
@Module({
  providers: [
    TaskChecks,
    {
      provide: TasksLifecycle,
      inject: [
        TASK_BACKEND,
        TasksExplorer,
        TaskRunner,
        TaskWorker,
        TaskScheduler,
        OutboxRelay,
        RESOLVED_TASKS_OPTIONS,
        HealthRegistry,
        BootReportRegistry,
      ],
      useFactory: (
        backend: TaskBackend,
        explorer: TasksExplorer,
        runner: TaskRunner,
        worker: TaskWorker,
        ...[scheduler, relay, options, health, report]: [
          TaskScheduler,
          OutboxRelay,
          ResolvedTasksOptions,
          HealthRegistry,
          BootReportRegistry,
        ]
      ) => new TasksLifecycle({ backend, explorer, runner, worker, scheduler, relay, options, health, report }),
    },
  ],
})
export class TasksModule extends ConfigurableModuleClass {
  /** Keeps tasks where the settings say, or the options. */
  static override forRoot(options: TasksOptions & TasksExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Makes jobs and tasks of `defineTask` known to the workers of this application. Those that are only enqueued need not be
   * named, and methods with `@Task` are found by themselves.
   */
  static forFeature(tasks: readonly (JobClass | DefinedTask)[]): DynamicModule {
    return {
      module: class TasksFeatureModule {},
      providers: [{ provide: Symbol('tasks'), useValue: new TaskFeature(tasks) }],
    };
  }

  /** Keeps tasks where options say which other providers make. The connection is given beside the factory. */
  static override forRootAsync(options: ConfigurableModuleAsyncOptions<TasksOptions> & TasksExtras): DynamicModule {
    return super.forRootAsync(options);
  }
}
