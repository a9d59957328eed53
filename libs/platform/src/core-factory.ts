import { loadSettingsOf } from '@core-framework/config';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ApplicationModule, createApplication } from './bootstrap/create-application.js';
import { type ApplicationLoader, runApplication } from './bootstrap/run-application.js';
import { runWorker, type WorkerOptions } from './bootstrap/run-worker.js';
import type { CoreFactoryOptions } from './platform.options.js';

/**
 * Makes applications on Fastify with everything around the routes: prefix, validation, one shape of errors, request
 * ids, logs, CORS, security headers, compression, health, OpenAPI with its pages, and a shutdown that loses no request.
 */
export const CoreFactory = {
  /**
   * Makes an application that does not listen yet. Settings that are not given come from the environment, by the class
   * that the module imports with `SettingsModule.forRoot()`.
   *
   * @throws InvalidSettingsError when a setting is invalid
   *
   * @example
   * ```ts
   * const app = await CoreFactory.create(AppModule, { title: 'Blog' });
   * await app.listen(8000);
   * ```
   */
  async create(module: ApplicationModule, options: CoreFactoryOptions = {}): Promise<NestFastifyApplication> {
    return createApplication(module, options, options.settings ?? loadSettingsOf(module));
  },

  /**
   * Makes the application, listens on `HOST` and `PORT` and prints where. SIGTERM and SIGINT let the requests in work
   * finish. A failure at the start is told in one message on standard error and ends the process with 1. Given a
   * function that imports the module, so is what decorators throw while its files are imported.
   *
   * @example
   * ```ts
   * await CoreFactory.run(() => import('./app.module.js').then(({ AppModule }) => AppModule));
   * ```
   */
  run(
    module: ApplicationModule | ApplicationLoader,
    options: CoreFactoryOptions = {},
  ): Promise<NestFastifyApplication> {
    return runApplication(module, options);
  },

  /**
   * Puts the application together without its HTTP interface and lets it work: consumers, tasks, the relay of the outbox,
   * whatever its modules start. Answers below `/health` on `HEALTH_PORT`, when that is set. SIGTERM and SIGINT let what is in
   * work finish. A failure at the start is told as {@link CoreFactory.run} tells it.
   *
   * @example
   * ```ts
   * await CoreFactory.runWorker(() => import('./worker.module.js').then(({ WorkerModule }) => WorkerModule));
   * ```
   */
  runWorker(
    module: ApplicationModule | ApplicationLoader,
    options: WorkerOptions = {},
  ): Promise<INestApplicationContext> {
    return runWorker(module, options);
  },
};
