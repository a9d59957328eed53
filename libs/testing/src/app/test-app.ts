import { type ManualClock, PRINCIPAL_SOURCE, type PrincipalSource } from '@core-framework/common';
import { atomic, DATABASE, type Database, runInContext } from '@core-framework/orm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ActingCallers } from '../client/acting-callers.js';
import { TestClient } from '../client/test-client.js';
import { assertQueries, recordQueries, type Recorded } from '../database/query-log.js';
import type { TestDatabase } from '../database/test-database.js';
import type { RegisteredRoutes, Route } from '../routes/registered-routes.js';

/** Ends the transaction of `rollback`; it never leaves it. */
const TAKEN_BACK = new Error('The work is taken back.');

interface TestAppParts {
  readonly clock: ManualClock;
  readonly routes: RegisteredRoutes;
  readonly database?: TestDatabase;
}

/** A running application with what a test needs around it. Made by `createTestApp`. */
export class TestApp implements AsyncDisposable {
  private constructor(
    /** The Nest application, for `get()` and everything else. */
    readonly nest: NestFastifyApplication,
    /** Calls the application, as nobody until `as()`. */
    readonly client: TestClient,
    /** The clock of the application. */
    readonly clock: ManualClock,
    private readonly registered: RegisteredRoutes,
    private readonly testDatabase: TestDatabase | undefined,
  ) {}

  /** Starts a built application, without listening. */
  static async start(nest: NestFastifyApplication, { clock, routes, database }: TestAppParts): Promise<TestApp> {
    const fastify = nest.getHttpAdapter().getInstance();
    const callers = new ActingCallers();
    callers.attachTo(fastify);
    await nest.init();
    await fastify.ready();
    callers.source = principalSourceOf(nest);
    return new TestApp(nest, new TestClient(fastify, callers), clock, routes, database);
  }

  /** The routes of the application. */
  get routes(): readonly Route[] {
    return this.registered.all;
  }

  /** The application's database. */
  get database(): Database {
    return this.nest.get<Database>(DATABASE, { strict: false });
  }

  /** Runs work with models in a unit of its own, as a request would. */
  work<T>(work: () => T): T {
    return runInContext(work, { database: this.database });
  }

  /**
   * Runs work in a transaction and takes back all that it did; what the client is asked for meanwhile belongs to it.
   * Effects that wait for a commit (`onCommit`) do not come about.
   */
  async rollback<T>(work: () => T | Promise<T>): Promise<T> {
    let result: T | undefined;
    await this.work(() =>
      atomic(async () => {
        result = await work();
        throw TAKEN_BACK;
      }),
    ).catch((error: unknown) => {
      if (error !== TAKEN_BACK) throw error;
    });
    return result as T;
  }

  /**
   * Runs `work` and checks how many statements it took, those around transactions not counted.
   *
   * @throws QueryCountError, which lists the statements, when the number is another one
   */
  assertQueries<T>(expected: number, work: () => T | Promise<T>): Promise<T> {
    return assertQueries(this.database, expected, work);
  }

  /** Runs `work` and tells the statements that it took. */
  recordQueries<T>(work: () => T | Promise<T>): Promise<Recorded<T>> {
    return recordQueries(this.database, work);
  }

  /** Listens on a free port of this machine, for clients that need one, and answers the address. */
  async listen(): Promise<string> {
    await this.nest.listen(0, '127.0.0.1');
    return this.nest.getUrl();
  }

  /** Ends the application and drops its database. */
  async close(): Promise<void> {
    try {
      await this.nest.close();
    } finally {
      await this.testDatabase?.[Symbol.asyncDispose]();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Whoever keeps accounts in the application; most tests have nobody. */
function principalSourceOf(nest: NestFastifyApplication): PrincipalSource | undefined {
  try {
    return nest.get<PrincipalSource>(PRINCIPAL_SOURCE, { strict: false });
  } catch {
    return undefined;
  }
}
