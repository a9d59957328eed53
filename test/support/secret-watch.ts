import { createTestApp, type TestApp, type TestAppOptions } from '@core-framework/testing';
import { pino } from 'pino';
import { DocumentWatch } from './document-watch.js';

/** Settings under which an application logs as much as it can. */
const TALKATIVE = { LOG_LEVEL: 'DEBUG', DB_ECHO: 'true' };
/** Shorter ones may be found anywhere. */
const SHORTEST = 10;
const MEMBERS =
  /"(?:password|passwordConfirm|currentPassword|newPassword|access_token|refresh_token|csrf_token|mfaToken|token|secret|client_secret|key)":"([^"\\]*)"/g;
const RECOVERY_CODES = /"recoveryCodes":\[([^\]]*)\]/g;
const COOKIES = /(?:__Host-auth|__Secure-auth-refresh)=([^;\s]+)/g;
const MAILED = /#(?:token|code)=([\w-]+)/g;

/** The logger of the framework takes them out of addresses, and has a suite of its own. */
const IN_ADDRESS = /\?access_token=[^"\s]*/g;

type Inject = (options: {
  method?: string;
  url?: string;
  payload?: unknown;
  headers?: Record<string, unknown>;
}) => Promise<{
  readonly statusCode: number;
  readonly payload: string;
  readonly headers: Record<string, unknown>;
}>;

/**
 * Remembers every secret that an application was shown or handed out, to look for them in what it keeps and writes; and every
 * refusal that its API document does not know.
 */
export class SecretWatch {
  /** The lines of the log. */
  readonly lines: string[] = [];
  /** Takes nothing away from what it is given, as the framework's own logger would. */
  readonly #logger = pino({ level: 'trace' }, { write: (line: string) => void this.lines.push(line) });
  readonly #secrets = new Set<string>();
  #document: DocumentWatch | undefined;

  /** Builds an application that logs as much as it can, and listens to all that its client sends and gets. */
  async start(module: Parameters<typeof createTestApp>[0], options: TestAppOptions): Promise<TestApp> {
    const env = { ...TALKATIVE, ...options.env };
    const app = await createTestApp(module, { ...options, env, logger: this.#logger });
    const fastify = app.nest.getHttpAdapter().getInstance() as unknown as { inject: Inject };
    const inject = fastify.inject.bind(fastify);
    this.#document = await DocumentWatch.over(app);
    fastify.inject = async (options) => {
      this.hear(textOf(options.payload), textOf(options.headers));
      const answer = await inject(options);
      this.hear(answer.payload, textOf(answer.headers));
      this.#document?.note(options.method ?? 'GET', options.url ?? '', answer.statusCode);
      return answer;
    };
    return app;
  }

  /**
   * Ends the application.
   *
   * @throws Error when one of its tables, or a line of its log, holds a secret that it was shown or handed out.
   */
  async close(app: TestApp | undefined): Promise<void> {
    if (!app) return;
    try {
      const found = await this.findings(app);
      if (found.length > 0) throw new Error(`SEC-46 and SEC-87: ${found.slice(0, 10).join('\n')}`);
      const undescribed = [...(this.#document?.findings ?? [])];
      if (undescribed.length > 0) throw new Error(`Not in the document: ${undescribed.join('\n')}`);
      if (!this.lines.some((line) => line.includes('select'))) throw new Error('Nothing was logged.');
    } finally {
      await app.close();
    }
  }

  /** Notes the secrets in texts. */
  hear(...texts: readonly string[]): void {
    for (const text of texts) {
      for (const pattern of [MEMBERS, COOKIES, MAILED]) {
        for (const [, secret = ''] of text.matchAll(pattern)) this.add(secret);
      }
      for (const [, codes = ''] of text.matchAll(RECOVERY_CODES)) {
        for (const [code] of codes.matchAll(/[^",]+/g)) this.add(code);
      }
      for (const [, token = ''] of text.matchAll(/"authorization":"Bearer ([\w.-]+)"/gi)) this.add(token);
      for (const [, key = ''] of text.matchAll(/"x-api-key":"([\w.-]+)"/gi)) this.add(key);
    }
  }

  add(secret: string): void {
    // What looks like an address is one: some try theirs as a password.
    if (secret.length >= SHORTEST && !secret.includes('@')) this.#secrets.add(secret);
  }

  /** The secrets that stand in a table or a line of the log, with where they do. */
  private async findings(app: TestApp): Promise<string[]> {
    const places: [place: string, text: string][] = this.lines.map((line) => ['log', line.replace(IN_ADDRESS, '')]);
    await app.work(async () => {
      const em = app.database.entityManager();
      const tables = new Set([...em.getMetadata().getAll().values()].flatMap(({ tableName }) => tableName ?? []));
      for (const table of tables) {
        const rows: unknown = await em.getConnection().execute(`select * from ${table}`);
        places.push([table, JSON.stringify(rows)]);
      }
    });
    return [...this.#secrets].flatMap((secret) =>
      places.filter(([, text]) => text.includes(secret)).map(([place]) => `${secret} in ${place}`),
    );
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString();
  return value instanceof Error ? (value.stack ?? value.message) : (JSON.stringify(value) ?? '');
}
