import { describe, expect, test } from '@jest/globals';
import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { Consumer, type CoreEvent, Event, MessagingModule, OnEvent } from '@core-framework/messaging';
import { createTestApp } from '@core-framework/testing';
import { Action, AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { databaseKinds, SERVERS } from './support/databases.js';

@Model()
class Parcel extends BaseModel {
  declare static readonly objects: Manager<Parcel>;
  @Field.string() label!: string;
  @Field.string({ hidden: true, default: 'secret' }) code!: string;
}

@ViewSet({ model: Parcel, permissions: [AllowAny] })
class ParcelViewSet extends ModelViewSet<Parcel> {
  @Action({ method: 'POST' })
  @Event('parcel.sent', { topic: 'parcels' })
  async send(): Promise<Parcel> {
    return Parcel.objects.create({ label: 'sent' });
  }

  @Action({ method: 'POST' })
  @Event('parcel.lost', { topic: 'parcels' })
  async lose(): Promise<Parcel> {
    await Parcel.objects.create({ label: 'lost' });
    throw new Error('given up');
  }
}

const seen: CoreEvent[] = [];

@Consumer('depot', { topics: ['parcels'] })
class Depot {
  @OnEvent('parcel.*')
  async onParcel(event: CoreEvent): Promise<void> {
    seen.push(event);
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    ViewSetModule.forFeature([ParcelViewSet]),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([Depot]),
  ],
})
class AppModule {}

describe.each(await databaseKinds())('events of actions on %s', (kind) => {
  test('leave with the transaction of the action, with what clients may see of the result', async () => {
    seen.length = 0;
    await using app = await createTestApp(AppModule, { database: SERVERS[kind] });
    expect((await app.client.post('/api/v1/parcels/lose', {})).status).toBe(500);
    expect((await app.client.post('/api/v1/parcels/send', {})).status).toBe(200);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([expect.objectContaining({ name: 'parcel.sent', topic: 'parcels', attempt: 1 })]);
    expect(seen[0]?.data).toEqual({
      id: expect.any(Number),
      label: 'sent',
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
  });
});

test('an action that has no transaction cannot emit', async () => {
  @ViewSet({ model: Parcel, path: 'loose' })
  class LooseViewSet extends ModelViewSet<Parcel> {
    @Action({ method: 'POST', transaction: false })
    @Event('parcel.sent')
    async send(): Promise<void> {}
  }
  @Module({
    imports: [
      CoreOrmModule.forRoot({ schema: 'update' }),
      ViewSetModule.forRoot(),
      ViewSetModule.forFeature([LooseViewSet]),
      MessagingModule.forRoot(),
    ],
  })
  class LooseModule {}
  await expect(createTestApp(LooseModule)).rejects.toMatchObject({ code: 'MESSAGING_EVENT_OUTSIDE_TRANSACTION' });
});
