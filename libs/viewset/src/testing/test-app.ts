import {
  type Authenticator,
  AUTHENTICATOR,
  ANONYMOUS,
  clientAnswerOf,
  NotFoundException,
  type Principal,
  UnauthorizedException,
  UnroutedRequestRegistry,
} from '@core-framework/common';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { CoreOrmModule, DATABASE, type Database, type ModelClass, runInContext } from '@core-framework/orm';
import { type DynamicModule, Global, type LoggerService, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { View } from '../views/view.js';
import { ViewSetModule } from '../viewset.module.js';
import type { ViewSetModuleOptions } from '../viewset.options.js';
import { Author, Book, Document, Tag } from './shop.models.js';

/** Knows callers by a header: `x-user: 7` is user 7, `7 staff` one of the staff, `7 can:books.delete` holds a permission. */
class HeaderAuthenticator implements Authenticator {
  readonly challenge = 'Test realm="shop"';

  authenticate(request: FastifyRequest): Principal | null {
    const header = request.headers['x-user'];
    if (typeof header !== 'string') return null;
    const [id, ...traits] = header.split(' ');
    if (id === 'wrong') throw new UnauthorizedException('Who is that?', { code: 'authentication_failed' });
    return {
      ...ANONYMOUS,
      id: Number(id),
      isAuthenticated: true,
      isActive: true,
      isStaff: traits.includes('staff'),
      isSuperuser: traits.includes('root'),
      hasPermission: (codename) => traits.includes(`can:${codename}`),
      inGroup: async (name) => traits.includes(`in:${name}`),
    };
  }
}

/** Asks the registry before it answers 404, as the platform does for every application. */
class TestAdapter extends FastifyAdapter {
  unrouted?: UnroutedRequestRegistry;

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        for (const answers of this.unrouted?.handlers ?? []) if (await answers(request, reply)) return await reply;
        throw new NotFoundException();
      } catch (error) {
        const { status = 500, headers, detail, code } = clientAnswerOf(error) ?? {};
        return reply
          .code(status)
          .headers({ ...headers })
          .send({ detail, code });
      }
    });
  }
}

/** Has the database echo its statements, so that tests can count them. */
class TestSettings extends CoreSettings {
  override dbEcho = true;
}

/** What a test app is made of. */
export interface TestAppOptions {
  readonly views: readonly Type<View>[];
  readonly providers?: Provider[];
  readonly module?: ViewSetModuleOptions;
  readonly models?: readonly ModelClass[];
  readonly url?: string;
  readonly imports?: readonly DynamicModule[];
}

/** An answer with its JSON read. */
export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  // Tests look into bodies of any shape.
  // oxlint-disable-next-line no-explicit-any
  readonly body: any;
}

/** A Nest application on Fastify and a database in memory, without the platform around it. */
export class TestApp {
  private constructor(
    readonly app: NestFastifyApplication,
    private readonly database: Database,
    /** The statements that were sent to the database, in order. */
    readonly statements: string[],
  ) {}

  static async start({
    views,
    providers = [],
    module = {},
    models = [Author, Book, Tag, Document],
    url = 'sqlite://:memory:',
    imports = [],
  }: TestAppOptions): Promise<TestApp> {
    @Global()
    @Module({
      providers: [{ provide: AUTHENTICATOR, useClass: HeaderAuthenticator }, ...providers],
      exports: [AUTHENTICATOR, ...providers.map((provider) => ('provide' in provider ? provider.provide : provider))],
    })
    class SurroundingsModule {}

    @Module({
      imports: [
        SettingsModule.forRoot(TestSettings),
        CoreOrmModule.forRoot({ models, url, schema: 'update' }),
        SurroundingsModule,
        ViewSetModule.forRoot(module),
        ViewSetModule.forFeature(views),
        ...imports,
      ],
    })
    class TestModule {}

    const adapter = new TestAdapter();
    const statements: string[] = [];
    const note = (message: unknown, context?: unknown) =>
      void (context === 'Database' && statements.push(String(message)));
    const logger: LoggerService = { log: note, error: () => undefined, warn: () => undefined };
    const app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter, { logger, abortOnError: false });
    adapter.unrouted = app.get(UnroutedRequestRegistry);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new TestApp(app, app.get<Database>(DATABASE), statements);
  }

  /** Sends a request; `as` is the value of the header by which callers are known. */
  async call(
    method: string,
    url: string,
    { as, body, headers = {} }: { as?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const options = {
      method,
      url,
      headers: { ...(as && { 'x-user': as }), ...headers },
      ...(body !== undefined && { payload: body }),
    } as InjectOptions;
    const response = await this.app.inject(options);
    const text = response.payload;
    return { status: response.statusCode, headers: response.headers, text, body: readJson(text) };
  }

  /** Works on the database outside of any request. */
  work<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.database });
  }

  /** Counts the statements that some work sends, those around transactions left out. */
  async count(work: () => Promise<unknown>): Promise<number> {
    const before = this.statements.length;
    await work();
    return this.statements
      .slice(before)
      .filter((statement) => !/^(?:begin|commit|rollback|savepoint|release)/i.test(statement)).length;
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
