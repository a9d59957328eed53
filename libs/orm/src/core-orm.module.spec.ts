import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BootReportRegistry, HealthRegistry } from '@core-framework/common';
import { SettingsModule } from '@core-framework/config';
import { EntityManager, MikroORM } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Database } from './context/database.js';
import { runInContext } from './context/run-in-context.js';
import { CoreOrmModule } from './core-orm.module.js';
import type { CoreOrmOptions } from './core-orm.options.js';
import { DATABASE, getManagerToken, InjectManager } from './core-orm.tokens.js';
import { Field } from './fields/field.decorator.js';
import { BaseModel } from './models/base.model.js';
import { Model } from './models/model.decorator.js';
import { Manager } from './querysets/manager.js';
import { BLOG_MODELS, Tag } from './testing/blog.models.js';

const MEMORY: CoreOrmOptions = { url: 'sqlite://:memory:', schema: 'update' };

@Injectable()
class TagService {
  constructor(
    @InjectManager(Tag) readonly tags: Manager<Tag>,
    readonly em: EntityManager,
    readonly orm: MikroORM,
  ) {}
}

@Entity()
class Legacy {
  @PrimaryKey() id!: number;
  @Property() name!: string;
}

const apps: INestApplicationContext[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function moduleWith(options: CoreOrmOptions, further: NonNullable<Parameters<typeof Module>[0]['imports']> = []) {
  @Module({
    imports: [CoreOrmModule.forRoot(options), CoreOrmModule.forFeature(BLOG_MODELS), ...further],
    providers: [TagService],
  })
  class AppModule {}
  return AppModule;
}

async function start(
  options: CoreOrmOptions,
  further?: Parameters<typeof moduleWith>[1],
): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(moduleWith(options, further), {
    logger: false,
    abortOnError: false,
  });
  apps.push(app);
  return app;
}

describe('injection', () => {
  test('gives Managers, the EntityManager and MikroORM', async () => {
    const app = await start(MEMORY);
    const { tags, em, orm } = app.get(TagService);
    expect(tags).toBe(app.get(getManagerToken(Tag)));
    expect(orm.em).toBe(em);
    await runInContext(async () => {
      await tags.create({ name: 'red' });
      expect(await em.count(Tag)).toBe(1);
    });
  });

  test('forRootAsync takes its options from other providers', async () => {
    @Module({
      imports: [CoreOrmModule.forRootAsync({ useFactory: async () => MEMORY }), CoreOrmModule.forFeature(BLOG_MODELS)],
      providers: [TagService],
    })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    apps.push(app);
    expect(await runInContext(() => app.get(TagService).tags.count())).toBe(0);
  });

  test('two models of the same name have two Managers', async () => {
    const first = (() => {
      @Model({ tableName: 'first_things' })
      class Thing extends BaseModel {
        @Field.string() a!: string;
      }
      return Thing;
    })();
    const second = (() => {
      @Model({ tableName: 'second_things' })
      class Thing extends BaseModel {
        @Field.string() b!: string;
      }
      return Thing;
    })();
    expect(getManagerToken(first)).not.toBe(getManagerToken(second));
    expect(getManagerToken(first)).toBe(getManagerToken(first));
  });

  test('forFeature without forRoot says what is missing', async () => {
    @Module({ imports: [CoreOrmModule.forFeature([Tag])] })
    class AppModule {}
    await expect(
      NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false }),
    ).rejects.toMatchObject({
      code: 'ORM_INVALID_OPTIONS',
    });
  });
});

test('decorated entities of MikroORM live beside the models', async () => {
  const app = await start({ ...MEMORY, entities: [Legacy] });
  await runInContext(async () => {
    const em = app.get(EntityManager);
    em.persist(em.create(Legacy, { name: 'old' }));
    await em.flush();
    expect(await em.count(Legacy, { name: 'old' })).toBe(1);
  });
});

test('two applications in one process do not see each other', async () => {
  const [first, second] = [await start(MEMORY), await start(MEMORY)];
  await runInContext(() => first.get(TagService).tags.create({ name: 'first' }));
  expect(await runInContext(() => second.get(TagService).tags.count())).toBe(0);
  await expect(runInContext(() => Tag.objects.count())).rejects.toMatchObject({ code: 'ORM_UNKNOWN_DATABASE' });
  const database = first.get<Database>(DATABASE);
  expect(await runInContext(() => Tag.objects.count(), { database })).toBe(1);
});

test('models cannot be used before the application has started, and queries not outside of work', async () => {
  await expect(runInContext(() => Tag.objects.count())).rejects.toMatchObject({ code: 'ORM_UNKNOWN_DATABASE' });
  await start(MEMORY);
  await expect(Tag.objects.count()).rejects.toMatchObject({ code: 'ORM_NO_CONTEXT' });
  expect(await runInContext(() => Tag.objects.count())).toBe(0);
});

test('every unit of work has an EntityManager of its own', async () => {
  const app = await start(MEMORY);
  const { tags } = app.get(TagService);
  const made = await runInContext(() => tags.create({ name: 'red' }));
  const [one, other] = await Promise.all([runInContext(() => tags.get()), runInContext(() => tags.get())]);
  expect(new Set([made, one, other]).size).toBe(3);
});

test('requests work in the database of their application', async () => {
  const build = async (name: string) => {
    const app = await NestFactory.create<NestFastifyApplication>(moduleWith(MEMORY), new FastifyAdapter(), {
      logger: false,
    });
    app.getHttpAdapter().get('/count', async () => ({ count: await Tag.objects.filter({ name }).count() }));
    await app.init();
    apps.push(app);
    await runInContext(() => app.get(TagService).tags.create({ name }));
    return app;
  };
  const [red, blue] = [await build('red'), await build('blue')];
  for (const app of [red, blue]) expect((await app.inject('/count')).json()).toEqual({ count: 1 });
});

describe('announcements', () => {
  test('the boot line and the health check', async () => {
    const app = await start(MEMORY);
    expect(app.get(BootReportRegistry).lines).toContainEqual(['Database', 'sqlite://:memory:']);
    const check = app.get(HealthRegistry).checks.find(({ name }) => name === 'db');
    expect(await check?.check(new AbortController().signal)).toMatchObject({ database: 'sqlite' });
    await expect(check?.check(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await app.get<Database>(DATABASE).close();
    await expect(check?.check(new AbortController().signal)).rejects.toThrow('closed');
  });
});

describe('starting fails with a readable error', () => {
  const PASSWORD = 'hunter2-secret';

  async function failureOf(options: CoreOrmOptions, further?: Parameters<typeof moduleWith>[1]) {
    const error: unknown = await start(options, further).catch((reason: unknown) => reason);
    return error as Error & { code: string; fix: string };
  }

  test('for a server that does not answer, without the password', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf({ url: `postgresql://ann:${PASSWORD}@127.0.0.1:${port}/app` });
    expect(error.code).toBe('DATABASE_UNREACHABLE');
    expect(error.message).toContain('DATABASE_URL');
    expect(`${error.message} ${error.fix}`).not.toContain(PASSWORD);
  });

  test('for a file that cannot be opened', async () => {
    const error = await failureOf({ url: 'sqlite:///dev/null/app.db' });
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(error.message).toContain('DATABASE_URL');
  });

  test('for an unknown scheme', async () => {
    expect(await failureOf({ url: `oracle://ann:${PASSWORD}@db/app` })).toMatchObject({ code: 'DATABASE_UNSUPPORTED' });
  });

  test("for schema: 'migrate' without migrations", async () => {
    expect(await failureOf({ url: 'sqlite://:memory:', schema: 'migrate' })).toMatchObject({
      code: 'ORM_INVALID_OPTIONS',
    });
  });

  test("for schema: 'update' in production", async () => {
    const env = { ENVIRONMENT: 'production', SECRET_KEY: 'k'.repeat(3) + 'jQ8Zr2vX7nB4mT9wL5cH1pD6sG3yF0aU' };
    const settings = SettingsModule.forRoot(undefined, { env });
    expect(await failureOf(MEMORY, [settings])).toMatchObject({ code: 'ORM_INVALID_OPTIONS' });
  });
});
