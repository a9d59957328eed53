export { createTestApp } from './app/create-test-app.js';
export { TestApp } from './app/test-app.js';
export type { TestAppOptions } from './app/test-app.options.js';
export type { AccountRow, Caller } from './client/caller.js';
export { type RequestOptions, TestClient } from './client/test-client.js';
export { TestResponse } from './client/test-response.js';
export { assertQueries, type Recorded, recordQueries } from './database/query-log.js';
export { createTestDatabase, type TestDatabase } from './database/test-database.js';
export {
  LeakedSecretError,
  QueryCountError,
  RouteInventoryError,
  SecurityCheckError,
} from './errors/testing.errors.js';
export type { Route } from './routes/registered-routes.js';
export {
  assertRouteInventory,
  type InventoryEntry,
  routeInventory,
  type RouteInventoryOptions,
} from './routes/route-inventory.js';
export type { SecurityCheck, SecurityTarget } from './security/security-check.js';
export { SECURITY_CHECKS } from './security/security-checks.js';
