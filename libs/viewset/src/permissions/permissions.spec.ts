import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Principal } from '@core-framework/common';
import { Q } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import { Action } from '../decorators/action.decorator.js';
import { Instance } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { Document } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { HasPermission, IsInGroup, IsOwner } from './parameterised.permissions.js';
import { ModelPermissions, StrictModelPermissions } from './model.permissions.js';
import { Permission } from './permission.js';
import { and, not, or } from './permission-operators.js';
import { AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly, IsSuperUser } from './standard.permissions.js';

@Injectable()
class OpeningHours {
  open = true;
}

@Injectable()
class WhileOpen extends Permission {
  override readonly message = 'Come back tomorrow.';
  override readonly code = 'closed';

  constructor(private readonly hours: OpeningHours) {
    super();
  }

  override hasPermission(): boolean {
    return this.hours.open;
  }
}

@ViewSet({
  model: Document,
  lookupField: 'reference',
  permissionsByAction: {
    update: [IsOwner('owner')],
    destroy: [or(IsOwner('owner'), HasPermission('documents.delete'))],
  },
})
class DocumentViewSet extends ModelViewSet<Document> {
  override async scope(principal: Principal) {
    return principal.isStaff ? undefined : Q({ owner: Number(principal.id) }).or(Q({ name: 'shared' }));
  }

  @Action({ permissions: [and(IsAuthenticated, WhileOpen)] })
  hours() {
    return { open: true };
  }

  @Action({ method: 'POST', permissions: [not(IsOwner('owner'))] })
  praise(@Instance() { name }: Document) {
    return { name };
  }

  @Action({ permissions: [IsInGroup('readers')] })
  group() {
    return {};
  }
}

@ViewSet({ path: 'stricter', permissions: [IsSuperUser] })
class StricterViewSet extends DocumentViewSet {}

@ViewSet({ path: 'public', permissions: [AllowAny], actions: ['list', 'retrieve'] })
class PublicViewSet extends DocumentViewSet {
  override async scope() {
    return undefined;
  }
}

@ViewSet({ path: 'mixed', model: Document, permissions: [IsAuthenticatedOrReadOnly] })
class MixedViewSet extends ModelViewSet<Document> {}

@ViewSet({ path: 'kept', model: Document, permissions: [ModelPermissions] })
class KeptViewSet extends ModelViewSet<Document> {}

@ViewSet({ path: 'strict', model: Document, permissions: [or(StrictModelPermissions, IsSuperUser)] })
class StrictViewSet extends ModelViewSet<Document> {}

@ViewSet({ path: 'discreet', model: Document, permissions: [IsOwner('owner')], hideForbidden: true })
class DiscreetViewSet extends ModelViewSet<Document> {
  @Action({ method: 'POST', detail: true })
  touch() {
    return {};
  }
}

const MINE = '11111111-1111-4111-8111-111111111111';
const SHARED = '22222222-2222-4222-8222-222222222222';
const HIDDEN = '33333333-3333-4333-8333-333333333333';

describe('permissions', () => {
  let shop: TestApp;
  const hours = new OpeningHours();
  const status = async (method: string, path: string, as?: string, body?: object) =>
    (await shop.call(method, path, { as, body })).status;

  beforeAll(async () => {
    const views = [
      DocumentViewSet,
      StricterViewSet,
      PublicViewSet,
      MixedViewSet,
      KeptViewSet,
      StrictViewSet,
      DiscreetViewSet,
    ];
    shop = await TestApp.start({ views, providers: [{ provide: OpeningHours, useValue: hours }] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      await Document.objects.delete();
      await Document.objects.create({ reference: MINE, name: 'mine', owner: 1 });
      await Document.objects.create({ reference: SHARED, name: 'shared', owner: 2 });
      await Document.objects.create({ reference: HIDDEN, name: 'hidden', owner: 2 });
    }),
  );

  test('a ViewSet that names none asks for callers who have signed in', async () => {
    const refused = await shop.call('GET', '/documents');
    expect([refused.status, refused.headers['www-authenticate'], refused.body.code]).toEqual([
      401,
      'Test realm="shop"',
      'not_authenticated',
    ]);
    const wrong = await shop.call('GET', '/documents', { as: 'wrong' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'authentication_failed']);
    expect(await status('GET', '/documents', '1')).toBe(200);
  });

  test('wrong credentials are refused even where everybody is let in', async () => {
    expect(await status('GET', '/public', 'wrong')).toBe(401);
  });

  test('the scope holds for lists, counts and single rows alike', async () => {
    const { body } = await shop.call('GET', '/documents', { as: '1' });
    expect([body.count, body.results.map(({ name }: Document) => name)]).toEqual([2, ['mine', 'shared']]);
    expect(await status('GET', `/documents/${HIDDEN}`, '1')).toBe(404);
    expect(await status('DELETE', `/documents/${HIDDEN}`, '1')).toBe(404);
    expect(await status('GET', `/documents/${HIDDEN}`, '9 staff')).toBe(200);
  });

  test('PATCH falls back to what guards PUT', async () => {
    expect(await status('PATCH', `/documents/${SHARED}`, '1', { name: 'x' })).toBe(403);
    expect(await status('PUT', `/documents/${SHARED}`, '1', {})).toBe(403);
    expect(await status('PATCH', `/documents/${MINE}`, '1', { name: 'x' })).toBe(200);
  });

  test('or lets the owner and the permitted pass, each by all of one rule', async () => {
    expect(await status('DELETE', `/documents/${SHARED}`, '1')).toBe(403);
    expect(await status('DELETE', `/documents/${SHARED}`, '1 can:documents.delete')).toBe(204);
    expect(await status('DELETE', `/documents/${MINE}`, '1')).toBe(204);
  });

  test('not of an object permission refuses the objects it would allow', async () => {
    expect(await status('POST', `/documents/${MINE}/praise`, '1')).toBe(403);
    expect((await shop.call('POST', `/documents/${SHARED}/praise`, { as: '1' })).body).toEqual({ name: 'shared' });
  });

  test('permissions inject, and refuse with their own message and code', async () => {
    expect(await status('GET', '/documents/hours', '1')).toBe(200);
    hours.open = false;
    const { status: closed, body } = await shop.call('GET', '/documents/hours', { as: '1' });
    hours.open = true;
    expect([closed, body]).toEqual([403, { detail: 'Come back tomorrow.', code: 'closed' }]);
    expect(await status('GET', '/documents/hours')).toBe(401);
  });

  test('groups are asked for by name', async () => {
    expect(await status('GET', '/documents/group', '1')).toBe(403);
    expect(await status('GET', '/documents/group', '1 in:readers')).toBe(200);
  });

  test('a subclass has its own permissions and keeps those of single actions', async () => {
    expect(await status('GET', '/stricter', '1')).toBe(403);
    expect(await status('GET', '/stricter', '1 root')).toBe(200);
    expect(await status('PATCH', `/stricter/${SHARED}`, '1 root', { name: 'x' })).toBe(403);
    expect(await status('GET', '/documents', '1')).toBe(200);
  });

  test('a subclass with fewer actions has no route for the others', async () => {
    expect(await status('GET', '/public')).toBe(200);
    expect(await status('GET', `/public/${HIDDEN}`)).toBe(200);
    const refused = await shop.call('POST', '/public', { as: '1', body: {} });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('reading is open and writing is not where that is asked for', async () => {
    expect(await status('GET', '/mixed')).toBe(200);
    expect(await status('HEAD', '/mixed')).toBe(200);
    expect(await status('POST', '/mixed', undefined, {})).toBe(401);
    const options = await shop.call('OPTIONS', '/mixed');
    expect([options.status, Object.keys(options.body.actions)]).toEqual([200, ['GET']]);
    expect(await status('OPTIONS', '/documents')).toBe(401);
  });

  test('model permissions are named after the table and stand for verbs', async () => {
    const body = { reference: MINE.replaceAll('1', '4'), name: 'new', owner: 1 };
    expect([await status('GET', '/kept'), await status('GET', '/kept', '1')]).toEqual([401, 200]);
    expect(await status('POST', '/kept', '1', body)).toBe(403);
    expect(await status('POST', '/kept', '1 can:documents.add', body)).toBe(201);
    expect(await status('PATCH', '/kept/999', '1', {})).toBe(403);
    expect(await status('PATCH', '/kept/999', '1 can:documents.change', {})).toBe(404);
    expect(await status('DELETE', '/kept/999', '1 can:documents.change')).toBe(403);
    expect([await status('GET', '/strict', '1'), await status('GET', '/strict', '1 can:documents.view')]).toEqual([
      403, 200,
    ]);
    expect(await status('GET', '/strict', '1 root')).toBe(200);
  });

  test('objects of others may be said not to exist, by whatever action they are asked for', async () => {
    const [mine, shared] = await shop.work(() => Document.objects.orderBy('id').all());
    for (const [method, tail] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/touch'],
    ] as const) {
      expect([method, await status(method, `/discreet/${shared!.id}${tail}`, '1', {})]).toEqual([method, 404]);
    }
    expect(await status('POST', `/discreet/${mine!.id}/touch`, '1')).toBe(200);
    expect(await status('GET', `/discreet/${mine!.id}`)).toBe(401);
  });

  test('an owner field that the model does not have is told when the application starts', async () => {
    @ViewSet({ path: 'misspelt', model: Document, permissions: [or(IsSuperUser, IsOwner('onwer'))] })
    class MisspeltViewSet extends ModelViewSet<Document> {}
    await expect(TestApp.start({ views: [MisspeltViewSet] })).rejects.toMatchObject({ code: 'VIEWSET_UNKNOWN_FIELD' });
  });

  test('a lookup value of the wrong type is 404 and says so, without a query', async () => {
    let answer: Awaited<ReturnType<TestApp['call']>> | undefined;
    expect(await shop.count(async () => (answer = await shop.call('GET', '/documents/abc', { as: '1' })))).toBe(0);
    expect([answer?.status, answer?.body.detail]).toEqual([
      404,
      {
        error: 'invalid_lookup_value',
        message: 'Invalid reference format. Expected uuid.',
        field: 'reference',
        value: 'abc',
        expected_type: 'uuid',
      },
    ]);
  });
});
