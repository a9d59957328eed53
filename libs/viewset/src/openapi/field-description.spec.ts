import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BaseModel, Field, Model } from '@core-framework/orm';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { Input } from '../decorators/parameter.decorators.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { InputSchema } from '../schemas/input-schema.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Ticket extends BaseModel {
  @Field.string({ maxLength: 30, label: 'What is wrong', description: 'In one line.' }) title!: string;
  @Field.string({ choices: ['open', 'in_progress'], default: 'open' }) currentState!: string;
  @Field.integer({ min: 1, max: 5, nullable: true }) rating?: number | null;
  @Field.integer({ readOnly: true, default: 0 }) views!: number;
  @Field.string({ hidden: true, default: 'x' }) secret!: string;
  @Field.image({ nullable: true }) photo?: string | null;
}

class NoteInput extends InputSchema(Ticket, { pick: ['title'] }) {}

@ViewSet({ model: Ticket, permissions: [AllowAny] })
class TicketViewSet extends ModelViewSet<Ticket> {
  @Action({ method: 'POST', detail: false, form: true })
  note(@Input() { title }: NoteInput) {
    return { title };
  }
}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ views: [TicketViewSet], models: [Ticket] });
});
afterAll(() => app.close());

test('OPTIONS says of a collection what it is, what it reads, and all that a form needs to know of the fields', async () => {
  const { body } = await app.call('OPTIONS', '/tickets');
  expect(body).toMatchObject({
    name: 'Ticket',
    renders: ['application/json'],
    parses: ['application/json', 'multipart/form-data'],
  });
  const shown = { required: false, readOnly: true };
  const taken = { required: false, readOnly: false };
  expect(body.actions).toEqual({
    GET: {},
    POST: {
      title: {
        ...taken,
        label: 'What is wrong',
        required: true,
        type: 'string',
        minLength: 1,
        maxLength: 30,
        helpText: 'In one line.',
      },
      currentState: {
        ...taken,
        label: 'Current state',
        type: 'string',
        minLength: 1,
        maxLength: 255,
        default: 'open',
        choices: [
          { value: 'open', label: 'Open' },
          { value: 'in_progress', label: 'In progress' },
        ],
      },
      rating: { ...taken, label: 'Rating', type: ['integer', 'null'], minimum: 1, maximum: 5 },
      photo: { ...taken, label: 'Photo', type: 'string', format: 'binary' },
      id: { ...shown, label: 'Id', type: 'integer', minimum: -2147483648, maximum: 2147483647 },
      createdAt: { ...shown, label: 'Created at', type: 'string', format: 'date-time' },
      updatedAt: { ...shown, label: 'Updated at', type: 'string', format: 'date-time' },
      views: { ...shown, label: 'Views', type: 'integer', minimum: -2147483648, maximum: 2147483647, default: 0 },
    },
  });
});

test('OPTIONS of an object requires for PUT what PATCH may leave out', async () => {
  const { body: row } = await app.call('POST', '/tickets', { body: { title: 'Broken' } });
  const { actions } = (await app.call('OPTIONS', `/tickets/${row.id}`)).body;
  expect([actions.PUT.title.required, actions.PATCH.title.required]).toEqual([true, false]);
});

test("OPTIONS of an action describes the action's own input only", async () => {
  const { body } = await app.call('OPTIONS', '/tickets/note');
  expect(body.parses).toEqual(['application/json', 'application/x-www-form-urlencoded']);
  expect(Object.keys(body.actions.POST)).toEqual(['title']);
});
