import { Action, AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { CoreOrmModule } from '@core-framework/orm';
import { createTestApp } from '@core-framework/testing';
import { type ArgumentsHost, Catch, type ExceptionFilter, Module, type Type, UseFilters } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { expect, test } from '@jest/globals';
import { describeLibrary } from './fixture/each-database.js';
import { Tag } from './fixture/library.models.js';

describeLibrary('routing', (library) => {
  const post = (number: number) => `/posts/${library.world.posts[number - 1]!.id}`;
  const allowOf = (value: unknown) => new Set(String(value).split(', '));

  test('6: a verb that the collection lacks is 405 with Allow and without a query', async () => {
    for (const verb of ['PUT', 'DELETE'] as const) {
      const answer = await library.app.assertQueries(0, () => library.anyone.request(verb, '/plain'));
      expect(answer.status).toBe(405);
      expect(allowOf(answer.headers.allow)).toEqual(new Set(['GET', 'HEAD', 'POST', 'OPTIONS']));
    }
  });

  test('7: a verb that the object lacks is 405 with Allow', async () => {
    const answer = await library.anyone.post(post(1), {});
    expect(answer.status).toBe(405);
    expect(allowOf(answer.headers.allow)).toEqual(new Set(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']));
  });

  test('23: both slash forms are the same resource, without a redirect', async () => {
    expect((await library.anyone.get('/posts/')).json().count).toBe(7);
    expect((await library.anyone.get(`${post(1)}/`)).json().title).toBe('T1');
    const created = await library.anyone.post('/plain/', { title: 'S', slug: 'slash' });
    expect([created.status, created.json().slug]).toEqual([201, 'slash']);
  });

  test('24: an action of the list goes before the lookup', async () => {
    expect((await library.anyone.get('/posts/featured')).json()).toEqual({ action: 'featured' });
  });

  test('25: an action answers 200 to its verb, 405 to others and 404 for a missing object', async () => {
    const published = await library.anyone.post(`${post(4)}/publish`);
    expect([published.status, published.json()]).toEqual([200, { isPublished: true }]);
    const wrong = await library.anyone.get(`${post(4)}/publish`);
    expect([wrong.status, allowOf(wrong.headers.allow)]).toEqual([405, new Set(['POST', 'OPTIONS'])]);
    expect((await library.anyone.post('/posts/999999/publish')).status).toBe(404);
  });

  test('25: an action has several verbs and a path with parameters', async () => {
    expect((await library.anyone.get(`${post(1)}/rating/5`)).json()).toEqual({ method: 'GET', n: '5' });
    expect((await library.anyone.delete(`${post(1)}/rating/5`)).json()).toEqual({ method: 'DELETE', n: '5' });
    const wrong = await library.anyone.put(`${post(1)}/rating/5`, {});
    expect(allowOf(wrong.headers.allow)).toEqual(new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']));
  });

  test('29: a ViewSet that extends another has its routes', async () => {
    expect((await library.anyone.get('/inherited?views__gte=50')).json().count).toBe(3);
    expect((await library.anyone.get('/inherited/featured')).json()).toEqual({ action: 'featured' });
    expect((await library.anyone.post(`/inherited/${library.world.posts[1]!.id}/publish`)).status).toBe(200);
  });

  test('67: OPTIONS says what there is and what the caller may send', async () => {
    const list = await library.anyone.options('/posts');
    expect([list.status, allowOf(list.headers.allow)]).toEqual([200, new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])]);
    expect(list.json()).toMatchObject({ renders: ['application/json'], parses: ['application/json'] });
    const { title, views } = list.json().actions.POST;
    expect(title).toMatchObject({ type: 'string', required: true, readOnly: false, label: 'Title', maxLength: 20 });
    expect(views).toMatchObject({ type: 'integer', required: false, readOnly: true });
    expect((await library.anyone.options(post(1))).json().actions).toHaveProperty('PUT');
    expect((await library.anyone.options('/readable')).json().actions?.POST).toBeUndefined();
    expect((await library.bearer('u').options('/readable')).json().actions.POST).toBeDefined();
  });

  test('67: OPTIONS of what is missing is 200 with Allow and without actions', async () => {
    const missing = await library.anyone.options('/posts/999999');
    expect([missing.status, missing.json().name]).toEqual([200, 'Post']);
    expect(missing.json()).not.toHaveProperty('actions');
    expect(allowOf(missing.headers.allow)).toEqual(new Set(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']));
    expect((await library.anyone.options('/posts/%C3%A4')).json()).not.toHaveProperty('actions');
    expect((await library.anyone.options('/posts/999999/publish')).json()).not.toHaveProperty('actions');
    expect((await library.anyone.options('/posts/999999')).text).not.toContain('title');
  });

  test('67: OPTIONS leaves out what an object permission refuses', async () => {
    const own = `/docs/${library.world.doc.id}`;
    const actions = async (token: string) =>
      Object.keys((await library.bearer(token).options(own)).json().actions ?? {});
    expect(await actions('u')).toEqual(expect.arrayContaining(['GET', 'PUT', 'PATCH']));
    expect(await actions('v')).not.toContain('PUT');
  });
});

function appWith(...views: Type[]) {
  @Module({
    imports: [
      CoreOrmModule.forRoot({ models: [Tag], schema: 'update' }),
      ViewSetModule.forRoot(),
      ViewSetModule.forFeature(views as never),
    ],
  })
  class AppModule {}
  return createTestApp(AppModule, { database: 'sqlite://' });
}

test('28: an action called like a standard action is refused when it is declared', () => {
  expect(() => {
    class TagViewSet extends ModelViewSet<Tag> {
      @Action()
      override async retrieve(): Promise<never> {
        throw new Error('never called');
      }
    }
    ViewSet({ model: Tag, permissions: [AllowAny] })(TagViewSet);
  }).toThrow(/retrieve/);
});

test('28: two ViewSets on one path are refused at the start, by name', async () => {
  @ViewSet({ path: 'labels', model: Tag, permissions: [AllowAny] })
  class OneViewSet extends ModelViewSet<Tag> {}
  @ViewSet({ path: 'labels', model: Tag, permissions: [AllowAny] })
  class TwoViewSet extends ModelViewSet<Tag> {}
  await expect(appWith(OneViewSet, TwoViewSet)).rejects.toThrow(/OneViewSet.*TwoViewSet|TwoViewSet.*OneViewSet/);
});

class Overdue extends Error {}

@Catch(Overdue)
class OverdueFilter implements ExceptionFilter<Overdue> {
  catch({ message }: Overdue, host: ArgumentsHost) {
    return host.switchToHttp().getResponse<FastifyReply>().code(402).send({ due: message });
  }
}

test('69: an exception filter of the application answers its errors, and no others', async () => {
  @ViewSet({ path: 'bills', model: Tag, permissions: [AllowAny] })
  @UseFilters(new OverdueFilter())
  class BillViewSet extends ModelViewSet<Tag> {
    @Action()
    pay(): never {
      throw new Overdue('yesterday');
    }
  }
  await using app = await appWith(BillViewSet);
  const refused = await app.client.get('/api/v1/bills/pay');
  expect([refused.status, refused.json()]).toEqual([402, { due: 'yesterday' }]);
  expect((await app.client.get('/api/v1/bills/999')).json().code).toBe('not_found');
});
