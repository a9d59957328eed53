import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Action } from '../decorators/action.decorator.js';
import { Input, Instance, PathParam } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny, IsStaff } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { InputSchema } from '../schemas/input-schema.js';
import { OutputSchema } from '../schemas/output-schema.js';
import { Document, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from './api.view.js';
import { GenericViewSet } from './generic.viewset.js';
import { CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin } from './mixins.js';
import { ModelViewSet } from './model.viewset.js';
import { PlainViewSet } from './plain.viewset.js';

class TagInput extends InputSchema(Tag) {}

@ViewSet({ path: 'journal', model: Tag, permissions: [AllowAny] })
class JournalViewSet extends ListMixin(CreateMixin(GenericViewSet<Tag, TagInput>)) {
  override performCreateValidation(data: TagInput) {
    return { ...data, label: data.label.toLowerCase() };
  }

  override list(context: ActionContext<Tag>) {
    context.reply.header('x-listed', 'yes');
    return super.list(context);
  }
}

@ViewSet({ path: 'pairs', model: Tag, permissions: [AllowAny] })
class PairViewSet extends RetrieveMixin(UpdateMixin(DestroyMixin(GenericViewSet<Tag>))) {}

class Tick {
  @IsInt() step!: number;
}

@ViewSet({ path: 'clocks', permissions: [AllowAny], permissionsByAction: { update: [IsStaff] } })
class ClockViewSet extends PlainViewSet {
  list() {
    return ['utc'];
  }

  create(@Input() { step }: Tick) {
    return { step };
  }

  retrieve({ params }: ActionContext) {
    return { zone: params['id'] };
  }

  partialUpdate() {
    return { wound: true };
  }

  update() {
    return { wound: true };
  }

  @Action({ method: 'POST', detail: true })
  ring({ params }: ActionContext) {
    return { rings: params['id'] };
  }
}

class TagLabel extends OutputSchema(Tag, { pick: ['label'] }) {}
class ShortTag extends InputSchema(Tag) {
  validate() {
    return this.label.length > 3 ? { label: 'Too long for you.' } : undefined;
  }
}

@ViewSet({ path: 'labels', model: Tag, permissions: [AllowAny], pagination: { pageSize: 2 }, search: ['label'] })
class LabelViewSet extends ModelViewSet<Tag> {
  override scope() {
    return { label__startswith: 'l' };
  }

  override getPermissions({ action, request }: ActionContext) {
    return action === 'destroy' || request.headers['x-locked'] ? [IsStaff] : undefined;
  }

  override async getInputSchema({ principal }: ActionContext) {
    return principal.isStaff ? undefined : ShortTag;
  }

  override getOutputSchema({ principal }: ActionContext) {
    return principal.isStaff ? undefined : TagLabel;
  }

  @Action({ pagination: { pageSize: 2 } })
  popular() {
    return this.getQuerySet().exclude({ label: 'l3' });
  }

  @Action({ pagination: { pageSize: 1 }, output: TagLabel })
  single() {
    return this.getQuerySet();
  }

  @Action()
  everything() {
    return this.getQuerySet();
  }

  @Action({ path: 'rank/:place' })
  rank(@Instance() tag: Tag, @PathParam('place') place: number) {
    return { label: tag.label, place };
  }

  @Action({ path: 'in/:unit/:code', params: { unit: ['cm', 'inch'], code: /[A-Z]\d/ } })
  convert(context: ActionContext) {
    return { unit: context.param('unit'), code: context.param('code') };
  }

  @Action({ path: 'star' })
  starred() {
    return { starred: true };
  }

  @Action({ path: 'star', method: 'DELETE', message: 'No longer.' })
  unstar() {}
}

@ViewSet({ path: 'verbs', permissions: [AllowAny], permissionsByAction: { delete: [IsStaff] } })
class VerbView extends ApiView {
  get() {
    return { got: true };
  }

  delete() {
    return { gone: true };
  }
}

describe('view classes', () => {
  let shop: TestApp;
  const call: TestApp['call'] = (...request) => shop.call(...request);
  const status = async (...request: Parameters<TestApp['call']>) => (await shop.call(...request)).status;

  beforeAll(async () => {
    const views = [JournalViewSet, PairViewSet, ClockViewSet, LabelViewSet, VerbView];
    shop = await TestApp.start({ views, models: [Tag, Document] });
    await shop.work(async () => {
      for (const label of ['l1', 'l2', 'l3', 'l4', 'other']) await Tag.objects.create({ label });
    });
  });
  afterAll(() => shop?.close());

  test('mixins add the actions that they are called after, and no other', async () => {
    const listed = await call('GET', '/journal');
    expect([listed.status, listed.headers['x-listed'], listed.body.count]).toEqual([200, 'yes', 5]);
    expect((await call('POST', '/journal', { body: { label: 'NEW' } })).body.label).toBe('new');
    expect(await status('GET', '/journal/1')).toBe(404);
    const refused = await call('POST', '/pairs/1', { body: {} });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS']);
    expect(await status('GET', '/pairs')).toBe(404);
    expect((await call('GET', '/pairs/1')).body.label).toBe('l1');
    const { id } = (await call('POST', '/journal', { body: { label: 'gone' } })).body;
    expect(await status('DELETE', `/pairs/${id}`)).toBe(204);
  });

  test('a mixed-in action reads rows as cheaply as that of a ModelViewSet', async () => {
    await call('GET', '/pairs/1');
    expect(await shop.count(() => call('GET', '/pairs/1'))).toBe(1);
  });

  test('a ViewSet without a model is routed by the names of its methods', async () => {
    expect((await call('GET', '/clocks')).body).toEqual(['utc']);
    expect(await call('POST', '/clocks', { body: { step: 2 } })).toMatchObject({ status: 201, body: { step: 2 } });
    expect((await call('POST', '/clocks', { body: { step: 'x' } })).body.errors).toHaveProperty('step');
    expect((await call('GET', '/clocks/utc')).body).toEqual({ zone: 'utc' });
    expect((await call('POST', '/clocks/utc/ring')).body).toEqual({ rings: 'utc' });
    expect(await status('PATCH', '/clocks/utc', { as: '1', body: {} })).toBe(403);
    expect(await status('PATCH', '/clocks/utc', { as: '1 staff', body: {} })).toBe(200);
    expect(await status('DELETE', '/clocks/utc')).toBe(405);
  });

  test('single verbs of an ApiView may have permissions of their own', async () => {
    expect(await status('GET', '/verbs')).toBe(200);
    expect([await status('DELETE', '/verbs'), await status('DELETE', '/verbs', { as: '1 staff' })]).toEqual([401, 200]);
  });

  test('permissions may be decided for each request', async () => {
    expect(await status('GET', '/labels')).toBe(200);
    expect(await status('GET', '/labels', { headers: { 'x-locked': '1' } })).toBe(401);
    expect(await status('DELETE', '/labels/1', { as: '1' })).toBe(403);
    const options = (as?: string) => call('OPTIONS', '/labels/1', { as });
    expect(Object.keys((await options('1')).body.actions)).toEqual(['GET', 'PUT', 'PATCH']);
    expect(Object.keys((await options('1 staff')).body.actions)).toContain('DELETE');
  });

  test('schemas may be decided for each request', async () => {
    expect((await call('GET', '/labels/1')).text).toBe('{"label":"l1"}');
    expect((await call('GET', '/labels')).body.results).toEqual([{ label: 'l1' }, { label: 'l2' }]);
    expect((await call('GET', '/labels/1', { as: '1 staff' })).body).toHaveProperty('id');
    const long = { label: 'long label' };
    expect((await call('POST', '/labels', { body: long })).body.errors).toHaveProperty('label');
    const made = await call('POST', '/labels', { as: '1 staff', body: long });
    expect([made.status, made.body.label]).toEqual([201, 'long label']);
    expect((await call('POST', '/labels', { body: { label: 'lab' } })).text).toBe('{"label":"lab"}');
  });

  test('a query set that an action returns is narrowed to the scope, and a list if it asks for pages', async () => {
    const popular = (await call('GET', '/labels/popular?search=l4')).body;
    expect(popular).toMatchObject({ count: 1, results: [{ label: 'l4' }] });
    expect((await call('GET', '/labels/popular?page=2')).body.results).toHaveLength(2);
    expect(await status('GET', '/labels/popular?nope=1')).toBe(400);
    expect((await call('GET', '/labels/single')).body).toMatchObject({ results: [{ label: 'l1' }] });
    const all = (await call('GET', '/labels/everything')).body as Tag[];
    expect(all.every(({ label }) => label.startsWith('l'))).toBe(true);
  });

  test('parameters of a path are read by their type, and 404 when they do not fit', async () => {
    expect((await call('GET', '/labels/1/rank/3')).body).toEqual({ label: 'l1', place: 3 });
    for (const wrong of ['x', '1.5', '2147483648', '-2147483649', '9'.repeat(20), '%20']) {
      expect([wrong, await status('GET', `/labels/1/rank/${wrong}`)]).toEqual([wrong, 404]);
    }
    expect((await call('GET', '/labels/in/cm/A1')).body).toEqual({ unit: 'cm', code: 'A1' });
    expect(await status('GET', '/labels/in/mile/A1')).toBe(404);
    expect(await status('GET', '/labels/in/cm/A12')).toBe(404);
  });

  test('several methods share a path, each for a verb of its own', async () => {
    expect((await call('GET', '/labels/star')).body).toEqual({ starred: true });
    expect((await call('DELETE', '/labels/star')).body).toEqual({ message: 'No longer.' });
    expect((await call('POST', '/labels/star')).headers.allow).toBe('GET, HEAD, DELETE, OPTIONS');
  });
});
