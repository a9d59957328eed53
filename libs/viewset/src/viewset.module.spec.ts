import { afterEach, describe, expect, test } from '@jest/globals';
import { CoreOrmModule } from '@core-framework/orm';
import {
  type CallHandler,
  Controller,
  type DynamicModule,
  Get,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  Scope,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import { Action } from './decorators/action.decorator.js';
import { ViewSet } from './decorators/viewset.decorator.js';
import { AllowAny, IsStaff } from './permissions/standard.permissions.js';
import { Author, Book, Document, Tag } from './testing/shop.models.js';
import { TestApp } from './testing/test-app.js';
import { ApiView } from './views/api.view.js';
import { GenericViewSet } from './views/generic.viewset.js';
import { ModelViewSet } from './views/model.viewset.js';
import { ViewSetModule } from './viewset.module.js';

@Injectable()
class Greeter {
  readonly greeting = 'hello';
}

class Wrapping implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@ViewSet({ model: Document, uniqueFields: ['name'] })
class DocumentViewSet extends ModelViewSet<Document> {}

@ViewSet({ path: 'greetings', model: Document, permissions: [AllowAny] })
class GreetingViewSet extends GenericViewSet<Document> {
  constructor(private readonly greeter: Greeter) {
    super();
  }

  @Action()
  @UseInterceptors(Wrapping)
  greet() {
    return this.greeter.greeting;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Asked {
  constructor(@Inject(REQUEST) readonly request: FastifyRequest) {}
}

@ViewSet({ path: 'echo', permissions: [AllowAny] })
class EchoView extends ApiView {
  constructor(private readonly asked: Asked) {
    super();
  }

  get() {
    return { url: this.asked.request.url };
  }
}

@Controller('plain')
class PlainController {
  @Get()
  get() {
    return { plain: true };
  }
}

@Module({ controllers: [GreetingViewSet, EchoView, PlainController], providers: [Greeter, Asked] })
class FeatureModule {}

describe('ViewSetModule', () => {
  let app: NestFastifyApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(...imports: (DynamicModule | typeof FeatureModule)[]): Promise<NestFastifyApplication> {
    @Module({
      imports: [
        CoreOrmModule.forRoot({ models: [Author, Book, Tag, Document], url: 'sqlite://:memory:', schema: 'update' }),
        ...imports,
      ],
    })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    return app;
  }

  test('serves views among the controllers of a module, which inject its providers', async () => {
    const { inject } = await start(ViewSetModule.forRoot(), FeatureModule).then((one) => ({
      inject: one.inject.bind(one),
    }));
    expect((await inject('/greetings/greet')).json()).toEqual({ data: 'hello' });
    expect((await inject('/plain')).json()).toEqual({ plain: true });
    expect((await inject('/documents')).statusCode).toBe(404);
  });

  test('makes views that depend on the request for each request', async () => {
    const one = await start(ViewSetModule.forRoot(), FeatureModule);
    expect((await one.inject('/echo?a')).json()).toEqual({ url: '/echo?a' });
    expect((await one.inject('/echo?b')).json()).toEqual({ url: '/echo?b' });
  });

  test('needs no forRoot, and takes its options now or later', async () => {
    const status = async (...imports: DynamicModule[]) => {
      const one = await start(...imports, ViewSetModule.forFeature([DocumentViewSet]));
      const { statusCode } = await one.inject('/documents');
      await one.close();
      return statusCode;
    };
    expect(await status()).toBe(401);
    expect(await status(ViewSetModule.forRoot({ permissions: [AllowAny] }))).toBe(200);
    expect(await status(ViewSetModule.forRootAsync({ useFactory: async () => ({ permissions: [IsStaff] }) }))).toBe(
      401,
    );
    await expect(status(ViewSetModule.forRoot({ pageSice: 1 } as object))).rejects.toMatchObject({
      code: 'VIEWSET_UNKNOWN_OPTION',
    });
    app = undefined;
  });

  test('makes the models of its views known to the database', async () => {
    @Module({
      imports: [
        CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
        ViewSetModule.forFeature([DocumentViewSet]),
      ],
    })
    class WholeModule {}
    app = await NestFactory.create<NestFastifyApplication>(WholeModule, new FastifyAdapter(), { logger: false });
    await app.init();
    expect((await app.inject('/documents')).statusCode).toBe(401);
  });

  test('does not start with a model that the database was not told of', async () => {
    @Module({
      imports: [CoreOrmModule.forRoot({ url: 'sqlite://:memory:' }), ViewSetModule.forRoot()],
      controllers: [DocumentViewSet],
    })
    class ForgetfulModule {}
    const starting = NestFactory.create<NestFastifyApplication>(ForgetfulModule, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await expect(starting.then((one) => one.init())).rejects.toMatchObject({ code: 'VIEWSET_UNREGISTERED_MODEL' });
  });

  test('serves one class in two applications, each from its own database', async () => {
    const [one, other] = [
      await TestApp.start({ views: [DocumentViewSet] }),
      await TestApp.start({ views: [DocumentViewSet] }),
    ];
    const body = { reference: '11111111-1111-4111-8111-111111111111', name: 'n', owner: 1 };
    expect((await one.call('POST', '/documents', { as: '1', body })).status).toBe(201);
    expect((await one.call('GET', '/documents', { as: '1' })).body.count).toBe(1);
    expect((await other.call('GET', '/documents', { as: '1' })).body.count).toBe(0);
    await Promise.all([one.close(), other.close()]);
  });

  test('looks for values that must be unique, the own row left out', async () => {
    const shop = await TestApp.start({ views: [DocumentViewSet] });
    const send = (method: string, path: string, body: object) => shop.call(method, path, { as: '1', body });
    const reference = (digit: number) => `${digit}1111111-1111-4111-8111-111111111111`;
    const first = await send('POST', '/documents', { reference: reference(1), name: 'n', owner: 1 });
    const second = await send('POST', '/documents', { reference: reference(2), name: 'n', owner: 1 });
    expect([second.status, second.body.errors.name]).toMatchObject([400, [{ code: 'unique' }]]);
    expect((await send('PATCH', `/documents/${first.body.id}`, { name: 'n', owner: 2 })).status).toBe(200);
    await shop.close();
  });
});
