import { BootReportRegistry } from '@core-framework/common';
import { type CoreSettings, loadSettingsOf } from '@core-framework/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CannotListenError, PortInUseError } from '../errors/platform.errors.js';
import type { CoreFactoryOptions } from '../platform.options.js';
import { writeBootReport } from './boot-report.js';
import { type ApplicationModule, createApplication } from './create-application.js';
import { exitOnFault, stopOnSignal } from './process-end.js';
import { describeStartFailure } from './start-failure.js';

/** Imports the root module: an arrow function or an async one, since classes are functions too. */
export type ApplicationLoader = () => Promise<ApplicationModule>;

/** Makes the application and serves it until the process is told to stop; see `CoreFactory.run`. */
export async function runApplication(
  root: ApplicationModule | ApplicationLoader,
  options: CoreFactoryOptions,
): Promise<NestFastifyApplication> {
  let settings: CoreSettings | undefined;
  try {
    const module = isLoader(root) ? await root() : root;
    settings = options.settings ?? loadSettingsOf(module);
    const app = await createApplication(module, options, settings);
    await app.init();
    await listen(app, settings);
    exitOnFault();
    stopOnSignal(app, settings.shutdownTimeoutMs);
    writeBootReport(app, settings, options, app.get(BootReportRegistry));
    return app;
  } catch (error) {
    const debug = options.debug ?? settings?.debug ?? /^(1|true|yes|on)$/i.test(process.env.DEBUG ?? '');
    process.stderr.write(`\n${describeStartFailure(error, debug)}\n\n`);
    return process.exit(1);
  }
}

function isLoader(root: ApplicationModule | ApplicationLoader): root is ApplicationLoader {
  return typeof root === 'function' && root.prototype === undefined;
}

async function listen(app: NestFastifyApplication, { host, port }: CoreSettings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw reason === 'EADDRINUSE'
      ? new PortInUseError(host, port, error)
      : new CannotListenError(host, port, reason, error);
  }
}
