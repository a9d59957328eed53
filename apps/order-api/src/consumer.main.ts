import '@core-framework/common/require-node';
import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';

await CoreFactory.runWorker(() => import('./app.module.js').then(({ AppModule }) => AppModule));
