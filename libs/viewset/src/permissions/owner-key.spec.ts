import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BaseModel, Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { IsOwner } from './parameterised.permissions.js';

@Model()
class Writer extends PlainModel {
  declare static readonly objects: Manager<Writer>;

  @Field.pk() number!: number;
  @Field.string({ default: 'Ann' }) name!: string;
}

@Model()
class Draft extends BaseModel {
  declare static readonly objects: Manager<Draft>;

  @Field.string({ maxLength: 20 }) title!: string;
  @Field.foreignKey(() => Writer) writer!: Ref<Writer>;
}

@ViewSet({ model: Draft, permissions: [IsOwner('writer')] })
class DraftViewSet extends ModelViewSet<Draft> {}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ views: [DraftViewSet], models: [Writer, Draft] });
});
afterAll(() => app?.close());

test('owners are known by their key whatever it is called, with and without an instance at hand', async () => {
  const { id } = await app.work(async () =>
    Draft.objects.create({ title: 'x', writer: await Writer.objects.create({ number: 1 }) }),
  );
  for (const [method, answers] of [
    ['GET', [403, 200]],
    ['DELETE', [403, 204]],
  ] as const) {
    for (const [index, as] of ['2', '1'].entries()) {
      expect([method, as, (await app.call(method, `/drafts/${id}`, { as })).status]).toEqual([
        method,
        as,
        answers[index],
      ]);
    }
  }
});
