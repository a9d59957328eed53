import { ANONYMOUS, AUTHENTICATOR } from '@core-framework/common';
import { BaseModel, CoreOrmModule, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { PlatformModule } from '@core-framework/platform';
import {
  Action,
  AllowAny,
  Instance,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

@Model()
class Room extends BaseModel {
  declare static readonly objects: Manager<Room>;
  @Field.string({ maxLength: 20, unique: true }) name!: string;
  @Field.integer({ default: 1, min: 1 }) beds!: number;
  @Field.integer({ readOnly: true, default: 1 }) owner!: number;
  @Field.version() version!: number;
}

@Model()
class Booking extends BaseModel {
  declare static readonly objects: Manager<Booking>;
  @Field.date() day!: string;
  @Field.foreignKey(() => Room) room!: Ref<Room>;
}

@ViewSet({
  model: Room,
  path: 'rooms',
  permissions: [IsAuthenticated],
  permissionsByAction: { list: [AllowAny], retrieve: [AllowAny], destroy: [IsOwner('owner')] },
  filter: { beds: ['gte'] },
})
class RoomViewSet extends ModelViewSet<Room> {
  @Action({ method: 'POST' })
  async widen(@Instance() room: Room) {
    room.beds += 1;
    await room.save();
    return { beds: room.beds };
  }
}

@ViewSet<Booking>({
  model: Booking,
  path: 'bookings',
  permissions: [AllowAny],
  parent: { viewset: RoomViewSet, field: 'room' },
})
class BookingViewSet extends ModelViewSet<Booking> {}

const callers = {
  authenticate: ({ headers }: FastifyRequest) =>
    headers['x-user'] === undefined
      ? null
      : { ...ANONYMOUS, id: Number(headers['x-user']), isAuthenticated: true, isActive: true },
};

@Global()
@Module({ providers: [{ provide: AUTHENTICATOR, useValue: callers }], exports: [AUTHENTICATOR] })
class CallersModule {}

/** What `CoreFactory` promises less of: an application as every Nest project starts one. */
describe.each([
  ['alone', []],
  ['with PlatformModule', [PlatformModule.forRoot()]],
] as const)('an application of NestFactory and FastifyAdapter, %s', (_what, more) => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    @Module({
      imports: [
        CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
        CallersModule,
        ViewSetModule.forRoot(),
        ViewSetModule.forFeature([RoomViewSet, BookingViewSet]),
        ...(more as unknown as Type[]),
      ],
    })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
    app.setGlobalPrefix('api');
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const call = (method: string, url: string, payload?: object, headers: Record<string, string> = { 'x-user': '1' }) =>
    app.inject({ method: method as 'GET', url: `/api${url}`, headers, ...(payload && { payload }) });
  const nobody = {};

  test('has its routes, pages, links and nested routes', async () => {
    const created = await call('POST', '/rooms', { name: 'Blue', beds: 2 });
    expect([created.statusCode, created.headers.location, created.json()]).toEqual([
      201,
      '/api/rooms/1',
      expect.objectContaining({ name: 'Blue', owner: 1, version: 1 }),
    ]);
    await call('POST', '/rooms', { name: 'Red' });
    const page = (await call('GET', '/rooms?pageSize=1&beds__gte=1', undefined, nobody)).json();
    expect(page).toMatchObject({ count: 2, next: expect.stringContaining('/api/rooms?pageSize=1&beds__gte=1&page=2') });
    expect((await call('POST', '/rooms/1/widen')).json()).toEqual({ beds: 3 });
    expect((await call('POST', '/rooms/1/bookings', { day: '2030-01-01' })).json()).toMatchObject({ room: 1 });
    expect((await call('GET', '/rooms/7/bookings')).statusCode).toBe(404);
    expect((await call('HEAD', '/rooms/1')).statusCode).toBe(200);
  });

  test('asks permissions and authenticators before it reads anything', async () => {
    const refused = await call('POST', '/rooms', { nonsense: 1 }, nobody);
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect((await call('DELETE', '/rooms/1', undefined, { 'x-user': '2' })).statusCode).toBe(403);
    expect((await call('DELETE', '/rooms/99', undefined, { 'x-user': '2' })).statusCode).toBe(404);
  });

  test('reads input by its schema, and refuses what is wrong with the same statuses', async () => {
    const answer = async (payload: object) => (await call('POST', '/rooms', payload)).statusCode;
    expect(await answer({})).toBe(400);
    expect(await answer({ name: 'x', beds: 0 })).toBe(400);
    expect(await answer({ name: 'x', other: 1 })).toBe(400);
    expect(await answer({ name: 'Red' })).toBe(400);
    expect(await answer([{ name: 'x' }])).toBe(400);
    expect((await call('GET', '/rooms?color=red')).statusCode).toBe(400);
    const stale = await call('PATCH', '/rooms/2', { beds: 2 }, { 'x-user': '1', 'if-match': '"7"' });
    expect(stale.statusCode).toBe(412);
    const { headers } = await call('GET', '/rooms/2');
    const unchanged = await call('GET', '/rooms/2', undefined, { 'if-none-match': String(headers.etag) });
    expect([unchanged.statusCode, unchanged.payload]).toEqual([304, '']);
  });

  test('answers errors with code, detail and fields', async () => {
    const missing = await call('GET', '/rooms/99');
    expect([missing.statusCode, missing.json()]).toMatchObject([404, { code: 'not_found', detail: 'Not found.' }]);
    const invalid = await call('POST', '/rooms', { beds: 'many' });
    expect([invalid.statusCode, invalid.json()]).toMatchObject([
      400,
      { code: 'invalid_input', errors: { beds: [{ code: 'invalid' }], name: [{ code: 'required' }] } },
    ]);
  });
});
