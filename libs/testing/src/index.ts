export { createTestApp } from './app/create-test-app.js';
export { TestApp } from './app/test-app.js';
export type { TestAppOptions } from './app/test-app.options.js';
export type { Caller } from './client/caller.js';
export { type RequestOptions, TestClient } from './client/test-client.js';
export { TestResponse } from './client/test-response.js';
export { assertQueries, type Recorded, recordQueries } from './database/query-log.js';
export { createTestDatabase, type TestDatabase } from './database/test-database.js';
export { QueryCountError } from './errors/testing.errors.js';
