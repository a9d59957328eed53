export { coreApp } from './core-app/core-app.js';
export { coreConsumer } from './core-consumer/core-consumer.js';
export { coreEnum } from './core-enum/core-enum.js';
export { coreEvent } from './core-event/core-event.js';
export { coreException } from './core-exception/core-exception.js';
export { coreMiddleware } from './core-middleware/core-middleware.js';
export { coreMigration } from './core-migration/core-migration.js';
export { corePermission } from './core-permission/core-permission.js';
export { coreResource } from './core-resource/core-resource.js';
export { coreTask } from './core-task/core-task.js';
export {
  coreFactory,
  coreModel,
  coreRepository,
  coreSeeder,
  coreService,
  coreTest,
  coreViewset,
} from './model-parts/model-parts.js';
export { nestAdd } from './nest-add/nest-add.js';
