import { CoreOrmModule, DATABASE, type Database, runInContext } from '@core-framework/orm';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ModelClass } from '@core-framework/orm';
import { TaskService } from '../producing/task.service.js';
import { TasksModule } from '../tasks.module.js';
import type { TasksOptions } from '../tasks.options.js';

/** An application with tasks, on a database of a suite. */
export interface TaskWorld {
  readonly app: INestApplicationContext;
  readonly database: Database;
  readonly tasks: TaskService;
  run<T>(work: () => Promise<T>): Promise<T>;
}

interface TaskWorldOptions extends TasksOptions {
  readonly providers?: readonly Provider[];
  readonly imports?: readonly DynamicModule[];
  readonly models?: readonly ModelClass[];
  /** 'none' where another application has made the tables. @defaultValue 'update' */
  readonly schema?: 'update' | 'none';
}

export async function openTasks(
  url: string,
  { providers = [], imports = [], models = [], schema = 'update', ...options }: TaskWorldOptions = {},
): Promise<TaskWorld> {
  const module = {
    module: class TasksTestModule {},
    imports: [CoreOrmModule.forRoot({ url, schema, models }), TasksModule.forRoot(options), ...imports],
    providers: [...providers],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const database = app.get<Database>(DATABASE);
  return {
    app,
    database,
    tasks: app.get(TaskService),
    run: (work) => runInContext(work, { database }),
  };
}
