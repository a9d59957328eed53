import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import {
  Consumer,
  type CoreEvent,
  DeadLetterService,
  Event,
  EventBus,
  EventRegistry,
  MESSAGE_BROKER,
  type MessageBroker,
  MessagingModule,
  OnEvent,
  TopicsService,
} from '@core-framework/messaging';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { Action, AllowAny, InputSchema, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Injectable, Module } from '@nestjs/common';
import { Ajv, type AnySchema } from 'ajv';
import { IsInt, IsOptional } from 'class-validator';

@Model()
class Parcel extends BaseModel {
  declare static readonly objects: Manager<Parcel>;
  @Field.string({ maxLength: 20 }) label!: string;
  @Field.integer({ min: 1, default: 1 }) weight = 1;
  @Field.string({ nullable: true }) note?: string | null;
}

/** Derived from the model, as an input is. */
class ParcelSent extends InputSchema(Parcel, { pick: ['label', 'weight'] }) {
  @IsInt() id!: number;
}

class Weighed {
  @IsInt() weight!: number;
  @IsOptional() @IsInt() scale?: number;
}

@ViewSet({ model: Parcel, permissions: [AllowAny] })
class ParcelViewSet extends ModelViewSet<Parcel> {
  @Action({ method: 'POST' })
  @Event('parcel.sent', { topic: 'parcels', payload: ParcelSent, description: 'A parcel left the house.' })
  async send(): Promise<object> {
    return Parcel.objects.create({ label: 'sent', note: 'for us alone' });
  }

  @Action({ method: 'POST' })
  @Event('parcel.sent', { topic: 'parcels', payload: ParcelSent })
  async spoil(): Promise<object> {
    await Parcel.objects.create({ label: 'spoilt' });
    return { id: 'not a number', label: 'x'.repeat(30) };
  }
}

const seen: CoreEvent[] = [];

@Consumer('depot', { topics: ['parcels'], retry: 0 })
class Depot {
  @OnEvent('parcel.sent', { payload: ParcelSent })
  async onSent(event: CoreEvent<ParcelSent>): Promise<void> {
    seen.push(event);
  }

  @OnEvent('parcel.weighed', { payload: Weighed })
  async onWeighed(): Promise<void> {}

  @OnEvent('lorry.**')
  async onLorry(): Promise<void> {}
}

@Consumer('audit', { topics: ['parcels', 'elsewhere'] })
class Audit {
  @OnEvent('parcel.*')
  async onAny(): Promise<void> {}
}

@Injectable()
class Screen {
  @OnEvent('*.sent')
  onSent(): void {}
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    ViewSetModule.forFeature([ParcelViewSet]),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([Depot, Audit, Screen], {
      events: [{ name: 'parcel.weighed', topic: 'parcels', payload: Weighed }, { name: 'parcel.lost' }],
    }),
  ],
})
class AppModule {}

interface AsyncApi {
  readonly operations: object;
  readonly components: { readonly messages: Readonly<Record<string, { readonly payload?: object }>> };
}

describe('the events of an application', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp(AppModule);
  });
  afterAll(() => app?.close());
  const settled = async (condition: () => Promise<boolean> | boolean) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const labels = () => app.work(() => Parcel.objects.pluck('label'));

  test('are known with who publishes, handles and hears them', () => {
    const registry = app.nest.get(EventRegistry);
    const summary = registry.events.map(({ name, topics, producers, consumers, listeners, payload }) => [
      name,
      topics,
      producers.map((producer) => `${producer.name} to ${producer.topic}`),
      consumers.map((consumer) => `${consumer.group}: ${consumer.name}`),
      listeners.map((listener) => listener.name),
      payload?.name,
    ]);
    expect(summary).toEqual([
      ['lorry.**', ['parcels'], [], ['depot: Depot.onLorry'], [], undefined],
      ['parcel.lost', ['events'], ['EventBus.publish to events'], [], [], undefined],
      [
        'parcel.sent',
        ['parcels'],
        ['ParcelViewSet.send to parcels', 'ParcelViewSet.spoil to parcels'],
        ['depot: Depot.onSent', 'audit: Audit.onAny'],
        ['Screen.onSent'],
        'ParcelSent',
      ],
      [
        'parcel.weighed',
        ['parcels'],
        ['EventBus.publish to parcels'],
        ['depot: Depot.onWeighed', 'audit: Audit.onAny'],
        [],
        'Weighed',
      ],
    ]);
  });

  test('are described by a valid AsyncAPI document, with the schemas of their data', async () => {
    const answer = await app.client.get('/asyncapi.json');
    expect([answer.status, (await app.client.get('/api/v1/asyncapi.json')).text]).toEqual([200, answer.text]);
    const document = answer.json<AsyncApi>();
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as AnySchema;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    expect(await ajv.validate(schema, document)).toBe(true);
    expect(ajv.errors).toBeNull();
    expect(Object.keys(document.operations)).toEqual([
      'send.parcel.lost.events',
      'send.parcel.sent.parcels',
      'send.parcel.weighed.parcels',
      'receive.audit.parcels',
      'receive.depot.parcels',
    ]);
    expect(document.components.messages['parcel.sent']).toMatchObject({
      description: 'A parcel left the house.',
      payload: {
        properties: {
          label: { type: 'string', maxLength: 20 },
          weight: { type: 'integer', minimum: 1 },
          id: { type: 'integer' },
        },
        required: ['label', 'id'],
      },
    });
    expect(document.components.messages['parcel.weighed']?.payload).toEqual({
      type: 'object',
      properties: { weight: { type: 'integer' }, scale: { type: 'integer' } },
      required: ['weight'],
    });
  });

  test('leave with what their class declares, and are read by it', async () => {
    expect((await app.client.post('/api/v1/parcels/send', {})).status).toBe(200);
    await settled(() => seen.length > 0);
    expect(seen[0]?.data).toEqual({ id: expect.any(Number), label: 'sent', weight: 1 });
    expect(seen[0]?.data).toBeInstanceOf(ParcelSent);
  });

  test('whose data breaks a rule do not leave, and take back what was done', async () => {
    expect((await app.client.post('/api/v1/parcels/spoil', {})).status).toBe(500);
    expect(await labels()).not.toContain('spoilt');
    const bus = app.nest.get(EventBus);
    await expect(app.work(() => bus.publish('parcel.weighed', { weight: 'much' }))).rejects.toMatchObject({
      code: 'MESSAGING_INVALID_PAYLOAD',
      message: expect.stringContaining('weight: weight must be an integer number'),
    });
    await expect(bus.publish('parcel.lost', {}, { id: 'seven' })).rejects.toMatchObject({
      code: 'MESSAGING_INVALID_ENVELOPE',
    });
  });

  test('that were given up are listed, shown, replayed and purged', async () => {
    const [letters, topics] = [app.nest.get(DeadLetterService), app.nest.get(TopicsService)];
    const place = { topic: 'parcels', group: 'depot' };
    const wrong = {
      id: 'a',
      type: 'parcel.sent',
      source: 's',
      time: '',
      headers: {},
      data: '{"label":"x","weight":0}',
    };
    await app.nest.get<MessageBroker>(MESSAGE_BROKER).publish('parcels', [wrong, { ...wrong, id: 'b' }]);
    await settled(async () => (await letters.list(place)).length === 2);
    expect(await letters.summary()).toEqual([{ ...place, count: 2 }]);
    const [first, second] = await letters.list(place);
    expect(first?.reason).toMatch(/^InvalidPayloadError: .*weight: .*id: This field is required/);
    expect(await letters.list(place, { limit: 1, after: first?.id })).toEqual([second]);
    expect(await letters.show(place, second!.id)).toEqual(second);
    expect(await letters.replay(place, [first!.id])).toBe(1);
    await settled(async () => (await letters.list(place)).length === 2);
    expect(await letters.purge(place)).toBe(2);
    expect(await letters.summary()).toEqual([]);
    await expect(letters.show(place, 'gone')).rejects.toMatchObject({ code: 'MESSAGING_DEAD_LETTER_NOT_FOUND' });

    await topics.create('made', { partitions: 3 });
    expect(await topics.list()).toEqual(expect.arrayContaining(['made', 'parcels']));
    expect((await topics.describe('parcels')).groups.map(({ group }) => group)).toEqual(['audit', 'depot']);
    expect((await topics.describeAll()).length).toBe((await topics.list()).length);
    await topics.delete('made');
    await expect(topics.delete('made')).rejects.toMatchObject({ code: 'MESSAGING_TOPIC_NOT_FOUND' });
    await expect(topics.create('no such name')).rejects.toMatchObject({ code: 'MESSAGING_INVALID_NAME' });
  });
});
