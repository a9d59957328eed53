import { type Database, DATABASE } from '@core-framework/orm';
import { type Logger, pino } from 'pino';
import { createTestApp } from '../app/create-test-app.js';
import type { TestApp } from '../app/test-app.js';
import type { TestAppOptions } from '../app/test-app.options.js';
import { LeakedSecretError } from '../errors/testing.errors.js';
import { listenToSecretMakers } from './secret-makers.js';
import { secretsIn } from './secret-patterns.js';

/** Settings under which an application logs as much as it can. */
const TALKATIVE = { LOG_LEVEL: 'DEBUG', DB_ECHO: 'true' };
/** Shorter ones may be found anywhere. */
const SHORTEST = 10;
/** The logger of the framework takes them out of addresses; this one takes out nothing. */
const IN_ADDRESS = /\?access_token=[^"\s]*/g;

type Inject = (options: { payload?: unknown; headers?: unknown }) => Promise<{
  readonly payload: string;
  readonly headers: unknown;
}>;

/**
 * Remembers every password, token, key and code that an application was shown, handed out or made, and looks for them in its
 * tables and its log when the application is closed (SEC-46, SEC-87).
 *
 * @example
 * const app = await new SecretWatch().start(AppModule);
 * // … the tests …
 * await app.close(); // throws when a table or a line of the log holds a secret that was used
 */
export class SecretWatch {
  /** The lines of the log. */
  readonly lines: string[] = [];
  readonly #logger: Logger = pino({ level: 'trace' }, { write: (line: string) => void this.lines.push(line) });
  readonly #secrets = new Set<string>();

  /** Builds an application as `createTestApp` does, which logs as much as it can and is searched when it is closed. */
  async start(module: Parameters<typeof createTestApp>[0], options: TestAppOptions = {}): Promise<TestApp> {
    const env = { ...TALKATIVE, ...options.env };
    const app = await createTestApp(module, { ...options, env, logger: this.#logger });
    const fastify = app.nest.getHttpAdapter().getInstance() as unknown as { inject: Inject };
    const inject = fastify.inject.bind(fastify);
    fastify.inject = async (request) => {
      this.hear(textOf(request.payload), textOf(request.headers));
      const answer = await inject(request);
      this.hear(answer.payload, textOf(answer.headers));
      return answer;
    };
    listenToSecretMakers(app, (secret) => this.add(secret));
    const close = app.close.bind(app);
    app.close = async () => {
      try {
        await this.search(app);
      } finally {
        await close();
      }
    };
    return app;
  }

  /** Notes the secrets in texts as the account endpoints write them: bodies, headers, mails. */
  hear(...texts: readonly string[]): void {
    for (const secret of texts.flatMap(secretsIn)) this.add(secret);
  }

  /** Notes a secret. Those of less than ten characters, and addresses, which some try as a password, are passed over. */
  add(secret: string): void {
    if (secret.length >= SHORTEST && !secret.includes('@')) this.#secrets.add(secret);
  }

  /** Looks for all secrets that were noted. @throws LeakedSecretError */
  async search(app: TestApp): Promise<void> {
    const places: [place: string, text: string][] = this.lines.map((line) => ['log', line.replace(IN_ADDRESS, '')]);
    this.searchIn([...places, ...(await tablesOf(app))]);
  }

  /** Looks for all secrets that were noted in the texts of places: what a process printed, what a broker holds. @throws LeakedSecretError */
  searchIn(places: Iterable<readonly [place: string, text: string]>): void {
    const found = [...this.#secrets].flatMap((secret) =>
      [...places]
        .filter(([, text]) => text.includes(secret))
        .map(([place]) => `${secret.slice(0, SHORTEST)}… in ${place}`),
    );
    if (found.length > 0) throw new LeakedSecretError([...new Set(found)]);
  }
}

/** The rows of every table, as one text each; none where the application has no database. */
async function tablesOf(app: TestApp): Promise<[table: string, rows: string][]> {
  if (!hasDatabase(app)) return [];
  return app.work(async () => {
    const em = app.database.entityManager();
    const tables = new Set([...em.getMetadata().getAll().values()].flatMap(({ tableName }) => tableName ?? []));
    const rows: [string, string][] = [];
    for (const table of tables) {
      const found: unknown = await em
        .getConnection()
        .execute(`select * from ${em.getPlatform().quoteIdentifier(table)}`);
      rows.push([table, JSON.stringify(found)]);
    }
    return rows;
  });
}

function hasDatabase(app: TestApp): boolean {
  try {
    return app.nest.get<Database>(DATABASE, { strict: false }) !== undefined;
  } catch {
    return false;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString() : (JSON.stringify(value) ?? '');
}
