import '@core-framework/common/require-node';
import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';
import { AppModule } from './app.module.js';

await CoreFactory.run(AppModule);
