import { BootReportRegistry, CommonModule, HealthRegistry } from '@core-framework/common';
import { CoreSettings, loadSettingsOf, SettingsModule, settingsClassOf, withSettings } from '@core-framework/config';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthServer } from '../health/health-server.js';
import { createLogger } from '../logging/create-logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import type { CoreFactoryOptions } from '../platform.options.js';
import { writeBootReport } from './boot-report.js';
import { CoreRootModule } from './core-root.module.js';
import type { ApplicationModule } from './create-application.js';
import { exitOnFailedStart, exitOnFault, stopOnSignal } from './process-end.js';
import { type ApplicationLoader, loaded } from './run-application.js';

/** What a process without an HTTP interface may be told. */
export type WorkerOptions = Pick<CoreFactoryOptions, 'title' | 'version' | 'debug' | 'settings'>;

/** Puts an application together and lets it work until the process is told to stop; see `CoreFactory.runWorker`. */
export async function runWorker(
  root: ApplicationModule | ApplicationLoader,
  options: WorkerOptions,
): Promise<INestApplicationContext> {
  let settings: CoreSettings | undefined;
  try {
    const module = await loaded(root);
    settings = options.settings ?? loadSettingsOf(module);
    const app = await createContext(module, settings);
    const health = await HealthServer.start(app.get(HealthRegistry), settings);
    exitOnFault();
    stopOnSignal({ close: () => endInOrder(app, health) }, settings.shutdownTimeout * 1000);
    writeBootReport(settings, options, 'is at work', [
      ...(health ? [['Health', health.address] as const] : []),
      ...app.get(BootReportRegistry).lines,
    ]);
    return app;
  } catch (error) {
    return exitOnFailedStart(error, options.debug ?? settings?.debug);
  }
}

function createContext(module: ApplicationModule, settings: CoreSettings): Promise<INestApplicationContext> {
  const logger = new NestLogger(createLogger({ level: settings.logLevel, format: settings.logFormat }));
  const own = settingsClassOf(module) === CoreSettings ? [SettingsModule.forRoot()] : [];
  const root = { module: CoreRootModule, imports: [CommonModule, ...own, module] };
  return withSettings(settings, () => NestFactory.createApplicationContext(root, { logger, abortOnError: false }));
}

/** Whoever asks is told that the process ends, for as long as work is being finished. */
async function endInOrder(app: INestApplicationContext, health: HealthServer | undefined): Promise<void> {
  health?.drain();
  await app.close();
  await health?.close();
}
