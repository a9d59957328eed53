import '@core-framework/common/require-node';
import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';

// Events are handled by the consumer process beside this one, unless somebody wants them here.
process.env['MESSAGE_CONSUMERS'] ??= 'false';
await CoreFactory.run(() => import('./app.module.js').then(({ AppModule }) => AppModule));
