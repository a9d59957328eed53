import type { CoreFactoryOptions } from '@core-framework/platform';
import type { TestingModuleBuilder } from '@nestjs/testing';

/** Options of `createTestApp`. */
export interface TestAppOptions extends Omit<CoreFactoryOptions, 'settings' | 'instantiate'> {
  /**
   * Environment variables of the application, beside `ENVIRONMENT=testing`, `LOG_LEVEL=ERROR` and
   * `RATE_LIMIT_ENABLED=false`. Neither the process's own
   * variables nor a `.env` file are read.
   * @defaultValue {}
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The server to make the test's own database on, as a database URL. `false` leaves the database to the application.
   * @defaultValue `TEST_DATABASE_URL`, else an SQLite file
   */
  readonly database?: string | false;
  /**
   * Replaces providers, guards, pipes or modules before the application is built, in the words of `@nestjs/testing`.
   */
  readonly configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}
