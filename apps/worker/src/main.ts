import '@core-framework/common/require-node';
import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';
import { settingsOfFlags } from './worker-flags.js';

const told = flags();
if ('help' in told) process.stdout.write(`${told.help}\n`);
else {
  Object.assign(process.env, told.settings);
  await CoreFactory.runWorker(() => import('./worker.module.js').then(({ WorkerModule }) => WorkerModule));
}

function flags(): ReturnType<typeof settingsOfFlags> {
  try {
    return settingsOfFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nSee --help.\n`);
    return process.exit(2);
  }
}
