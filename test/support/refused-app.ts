import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';

await CoreFactory.run(() => import('./refused-app.module.js').then(({ RefusedModule }) => RefusedModule));
