import { BootReportRegistry } from '@core-framework/common';
import { type CoreSettings, loadSettingsOf } from '@core-framework/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CoreFactoryOptions } from '../platform.options.js';
import { originOf, writeBootReport } from './boot-report.js';
import { type ApplicationModule, createApplication } from './create-application.js';
import { listenOn } from './listen-on.js';
import { exitOnFailedStart, exitOnFault, stopOnSignal } from './process-end.js';

/** Imports the root module: an arrow function or an async one, since classes are functions too. */
export type ApplicationLoader = () => Promise<ApplicationModule>;

/** Makes the application and serves it until the process is told to stop; see `CoreFactory.run`. */
export async function runApplication(
  root: ApplicationModule | ApplicationLoader,
  options: CoreFactoryOptions,
): Promise<NestFastifyApplication> {
  let settings: CoreSettings | undefined;
  try {
    const module = await loaded(root);
    settings = options.settings ?? loadSettingsOf(module);
    const app = await createApplication(module, options, settings);
    await app.init();
    await listenOn(settings, (port, host) => app.listen(port, host));
    exitOnFault();
    // Requests are finished first, then what goes on behind them.
    stopOnSignal(app, settings.shutdownTimeoutMs + settings.shutdownTimeout * 1000);
    const origin = originOf(app.getHttpServer(), settings);
    writeBootReport(settings, options, 'is listening', [
      ['API', `${origin}${settings.apiPrefix}`],
      ...((options.docs ?? settings.docsEnabled) ? [['Docs', `${origin}/docs`] as const] : []),
      ...app.get(BootReportRegistry).lines,
    ]);
    return app;
  } catch (error) {
    return exitOnFailedStart(error, options.debug ?? settings?.debug);
  }
}

/** The root module, imported when that is still to be done. */
export async function loaded(root: ApplicationModule | ApplicationLoader): Promise<ApplicationModule> {
  return isLoader(root) ? root() : root;
}

function isLoader(root: ApplicationModule | ApplicationLoader): root is ApplicationLoader {
  return typeof root === 'function' && root.prototype === undefined;
}
