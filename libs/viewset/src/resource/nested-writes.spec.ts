import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Principal } from '@core-framework/common';
import { BaseModel, type Collection, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { IsObject, ValidateNested } from 'class-validator';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { InputSchema } from '../schemas/input-schema.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Label extends BaseModel {
  declare static readonly objects: Manager<Label>;
  @Field.string({ maxLength: 20, unique: true }) name!: string;
  @Field.boolean({ default: false }) isPrivate = false;
}

@Model()
class Person extends BaseModel {
  declare static readonly objects: Manager<Person>;
  @Field.string({ maxLength: 20 }) name!: string;
}

@Model()
class Issue extends BaseModel {
  declare static readonly objects: Manager<Issue>;
  @Field.string({ maxLength: 20 }) title!: string;
  @Field.foreignKey(() => Person) reporter!: Ref<Person>;
  @Field.manyToMany(() => Label) labels!: Collection<Label>;
  @Field.oneToMany(() => Remark, (remark) => remark.issue) remarks!: Collection<Remark>;
  @Field.version() version!: number;
}

@Model({ unique: [['issue', 'position']] })
class Remark extends BaseModel {
  declare static readonly objects: Manager<Remark>;
  @Field.string({ maxLength: 10 }) body!: string;
  @Field.integer({ default: 0 }) position!: number;
  @Field.foreignKey(() => Issue, { onDelete: 'cascade' }) issue!: Ref<Issue>;
  @Field.foreignKey(() => Person, { nullable: true }) author!: Ref<Person> | null;
}

class RemarkInput extends InputSchema(Remark, { nested: { author: ['create'] } }) {
  validate() {
    return this.body === 'rude' ? { body: 'Be kind.' } : undefined;
  }
}

class IssueInput extends InputSchema(Issue, {
  nested: {
    reporter: ['create', 'connect'],
    labels: { allow: ['create', 'connect', 'set'], maxItems: 3 },
    remarks: { allow: ['create', 'connect'], input: RemarkInput },
  },
}) {}

@ViewSet({ model: Issue, input: IssueInput, permissions: [AllowAny], bulk: { create: true } })
class IssueViewSet extends ModelViewSet<Issue, IssueInput> {
  override relatedScope(relation: string, principal: Principal) {
    return relation === 'labels' && !principal.isStaff ? { isPrivate: false } : undefined;
  }
}

@ViewSet({
  path: 'whole-issues',
  model: Issue,
  input: InputSchema(Issue, { pick: ['title'], nested: { remarks: ['create', 'connect', 'set'] } }),
  permissions: [AllowAny],
})
class WholeIssueViewSet extends ModelViewSet<Issue> {}

@ViewSet({ path: 'flat-issues', model: Issue, permissions: [AllowAny] })
class FlatIssueViewSet extends ModelViewSet<Issue> {}

@ViewSet({ model: Remark, permissions: [AllowAny] })
class RemarkViewSet extends ModelViewSet<Remark> {}

const models = [Label, Person, Issue, Remark];
let app: TestApp;
let ann: Person;
beforeAll(async () => {
  app = await TestApp.start({ views: [IssueViewSet, WholeIssueViewSet, FlatIssueViewSet, RemarkViewSet], models });
  ann = await app.work(() => Person.objects.create({ name: 'Ann' }));
});
afterAll(() => app?.close());

const post = (rest: object, as?: string) =>
  app.call('POST', '/issues', { body: { title: 'T', reporter: ann.id, ...rest }, ...(as && { as }) });
const codes = (body: { errors: Record<string, { code: string }[]> }) =>
  Object.entries(body.errors).map(([path, found]) => [path, found.map(({ code }) => code)]);
const counts = () => app.work(() => Promise.all([Issue, Label, Remark, Person].map(({ objects }) => objects.count())));
const remarksOf = (id: number) =>
  app.work(() =>
    Remark.objects
      .filter({ issue: id })
      .orderBy('id')
      .rows({ columns: ['body', 'author'] }),
  );

describe('rows that are written along with a row', () => {
  test('are created, connected and linked in one transaction', async () => {
    const known = await app.work(() => Label.objects.create({ name: 'known' }));
    const { status, body } = await post({
      reporter: { name: 'Bob' },
      labels: [known.id, { name: 'fresh' }],
      remarks: [
        { body: 'first', author: { name: 'Cid' } },
        { body: 'second', position: 1 },
      ],
    });
    expect(status).toBe(201);
    const bob = await app.work(() => Person.objects.get({ id: body.reporter }));
    const fresh = await app.work(() => Label.objects.get({ name: 'fresh' }));
    const cid = await app.work(() => Person.objects.get({ name: 'Cid' }));
    expect([bob.name, body.labels]).toEqual(['Bob', [known.id, fresh.id]]);
    expect(await remarksOf(body.id)).toEqual([
      { body: 'first', author: cid.id },
      { body: 'second', author: null },
    ]);
  });

  test('are all refused when one is wrong, each by its place', async () => {
    const before = await counts();
    const { status, body } = await post({
      title: '',
      reporter: { nonsense: 1 },
      labels: [{ name: 'ok' }, 99_999, { id: 1, name: 'x' }],
      remarks: [{ body: 'far too long for it' }, { body: 'rude' }, { issue: 1, body: 'x' }, { body: 'x', author: 1 }],
    });
    expect([status, codes(body)]).toEqual([
      400,
      [
        ['title', ['blank']],
        ['labels.1', ['does_not_exist']],
        ['reporter.nonsense', ['unknown_field']],
        ['reporter.name', ['required']],
        ['labels.2.id', ['unknown_field']],
        ['remarks.0.body', ['max_length']],
        ['remarks.1.body', ['invalid']],
        ['remarks.2.issue', ['unknown_field']],
        ['remarks.3.author', ['not_allowed']],
      ],
    ]);
    expect(await counts()).toEqual(before);
  });

  test('leave nothing behind when the database refuses one, and name it', async () => {
    const before = await counts();
    const taken = await post({ labels: [{ name: 'twice' }, { name: 'twice' }] });
    expect([taken.status, codes(taken.body)]).toEqual([400, [['labels.1.name', ['unique']]]]);
    const together = await post({ remarks: [{ body: 'a' }, { body: 'b' }] });
    expect([together.status, codes(together.body)]).toEqual([400, [['remarks.1', ['unique']]]]);
    expect(await counts()).toEqual(before);
  });

  test('are at most as many as was said', async () => {
    expect(codes((await post({ labels: [1, 2, 3, 4] })).body)).toEqual([['labels', ['max_length']]]);
  });

  test('are replaced where that is allowed, added to where it is not, and kept when nothing is said', async () => {
    const { body } = await post({ labels: [{ name: 'old' }], remarks: [{ body: 'old' }] });
    const patch = (rest: object) => app.call('PATCH', `/issues/${body.id}`, { body: rest });
    const changed = await patch({ labels: [{ name: 'newer' }], remarks: [{ body: 'new', position: 1 }] });
    expect([changed.status, changed.body.version]).toEqual([200, 2]);
    expect(changed.body.labels).toHaveLength(1);
    expect(changed.body.labels).not.toEqual(body.labels);
    expect((await remarksOf(body.id)).map(({ body: text }) => text)).toEqual(['old', 'new']);
    expect((await patch({ title: 'U' })).body.labels).toEqual(changed.body.labels);
    expect((await patch({ labels: [] })).body.labels).toEqual([]);
    const whole = await app.call('PATCH', `/whole-issues/${body.id}`, { body: { remarks: [{ body: 'only' }] } });
    expect(whole.status).toBe(200);
    expect((await remarksOf(body.id)).map(({ body: text }) => text)).toEqual(['only']);
  });

  test('may be limited to what the caller may relate to', async () => {
    const hidden = await app.work(() => Label.objects.create({ name: 'secret', isPrivate: true }));
    expect(codes((await post({ labels: [hidden.id] }, '1')).body)).toEqual([['labels.0', ['does_not_exist']]]);
    expect((await post({ labels: [hidden.id] }, '1 staff')).status).toBe(201);
  });

  test('are written in bulk, too', async () => {
    const issue = (body: string) => ({ title: 'T', reporter: ann.id, remarks: [{ body }] });
    const { status, body } = await app.call('POST', '/issues/bulk', { body: [issue('a'), issue('b')] });
    expect(status).toBe(201);
    expect(await remarksOf(body[1].id)).toMatchObject([{ body: 'b' }]);
    const wrong = await app.call('POST', '/issues/bulk', { body: [issue('a'), issue('rude')] });
    expect(codes(wrong.body)).toEqual([['1.remarks.0.body', ['invalid']]]);
  });
});

test('an object for a relation that is not nested is refused', async () => {
  const flat = (rest: object) => app.call('POST', '/flat-issues', { body: { title: 'T', reporter: ann.id, ...rest } });
  expect(codes((await flat({ reporter: { name: 'Eve' } })).body)).toEqual([['reporter', ['incorrect_type']]]);
  expect(codes((await flat({ labels: [{ name: 'x' }] })).body)).toEqual([['labels', ['incorrect_type']]]);
  expect(codes((await flat({ remarks: [{ body: 'x' }] })).body)).toEqual([['remarks', ['unknown_field']]]);
});

describe('what can only be a mistake is refused at start', () => {
  const failure = async (input: new () => object) => {
    @ViewSet({ model: Issue, input, permissions: [AllowAny] })
    class WrongViewSet extends ModelViewSet<Issue> {}
    return TestApp.start({ views: [WrongViewSet], models }).catch((error: { code: string }) => error.code);
  };

  test('a nested field that is no relation, a verb that does not exist, a set of one', async () => {
    expect(await failure(InputSchema(Issue, { nested: { title: ['create'] } }))).toBe('VIEWSET_UNKNOWN_FIELD');
    const verbs = { labels: ['destroy' as 'set'] };
    expect(await failure(InputSchema(Issue, { nested: verbs }))).toBe('VIEWSET_INVALID_OPTION');
    expect(await failure(InputSchema(Issue, { nested: { reporter: ['set'] } }))).toBe('VIEWSET_INVALID_OPTION');
  });

  test('a relation that is validated as an object and written by nobody', async () => {
    class Declared extends InputSchema(Issue) {
      @IsObject() @ValidateNested() declare reporter: never;
    }
    expect(await failure(Declared)).toBe('VIEWSET_INVALID_OPTION');
  });
});

test('fields that are unique together are checked with what a change leaves alone', async () => {
  const issue = await app.work(() => Issue.objects.create({ title: 'u', reporter: ann.id }));
  const send = (method: string, path: string, body: object) => app.call(method, `/remarks${path}`, { body });
  const first = await send('POST', '', { body: 'a', issue: issue.id, position: 1 });
  const second = await send('POST', '', { body: 'b', issue: issue.id, position: 2 });
  expect([first.status, second.status]).toEqual([201, 201]);
  for (const [method, path, body] of [
    ['POST', '', { body: 'c', issue: issue.id, position: 1 }],
    ['PATCH', `/${second.body.id}`, { position: 1 }],
  ] as const) {
    const { status, body: answer } = await send(method, path, body);
    expect([status, answer.errors]).toEqual([
      400,
      { nonFieldErrors: [{ code: 'unique', message: 'The fields issue, position must make a unique set.' }] },
    ]);
  }
  expect((await send('PATCH', `/${second.body.id}`, { position: 2 })).status).toBe(200);
});
