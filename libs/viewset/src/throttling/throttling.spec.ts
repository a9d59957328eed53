import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryThrottleStore, THROTTLE_STORE, type ThrottleLimit } from '@core-framework/common';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny, IsAuthenticated, IsStaff } from '../permissions/standard.permissions.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';
import { PlainViewSet } from '../views/plain.viewset.js';

@ViewSet({ path: 'twice', permissions: [AllowAny], throttle: '2/minute', permissionsByAction: { post: [IsStaff] } })
class TwiceView extends ApiView {
  get() {
    return {};
  }

  post() {
    return {};
  }
}

@ViewSet({ path: 'shared', permissions: [AllowAny], throttle: { rate: '2/minute', scope: 'shared' } })
class SharedView extends ApiView {
  get() {
    return {};
  }
}

@ViewSet({ path: 'sharing', permissions: [AllowAny], throttle: { rate: '2/minute', scope: 'shared' } })
class SharingView extends SharedView {}

@ViewSet({
  path: 'several',
  permissions: [AllowAny],
  throttle: ['2/10s', { rate: '2/hour', callers: 'anonymous' }, { rate: '1/day', callers: 'authenticated' }],
})
class SeveralView extends SharedView {}

@ViewSet({ path: 'actions', permissions: [IsAuthenticated], throttle: '1/minute' })
class ActionsViewSet extends PlainViewSet {
  list() {
    return [];
  }

  @Action({ throttle: '1/hour' })
  slow() {
    return {};
  }

  @Action({ throttle: false })
  free() {
    return {};
  }
}

@ViewSet({ path: 'silent', permissions: [AllowAny] })
class SilentView extends ApiView {
  get() {
    return {};
  }
}

describe.each(['in the process', 'elsewhere'])('throttles counted %s', (where) => {
  let shop: TestApp;
  let now = 0;
  let store: MemoryThrottleStore;
  const get = (path: string, as?: string) => shop.call('GET', path, { as });
  const statuses = async (count: number, path: string, as?: string) => {
    const answers: number[] = [];
    for (let request = 0; request < count; request++) answers.push((await get(path, as)).status);
    return answers;
  };

  beforeAll(async () => {
    const hit = (key: string, limit: ThrottleLimit) =>
      where === 'elsewhere' ? Promise.resolve(store.hit(key, limit)) : store.hit(key, limit);
    shop = await TestApp.start({
      views: [TwiceView, SharedView, SharingView, SeveralView, ActionsViewSet, SilentView],
      providers: [{ provide: THROTTLE_STORE, useValue: { hit } }],
      module: { throttle: '3/minute' },
    });
  });
  afterAll(() => shop?.close());
  beforeEach(() => {
    store = new MemoryThrottleStore({ clock: { now: () => new Date(now) } });
  });

  test('answer 429 beyond the rate, and say when to come back', async () => {
    const first = await get('/twice');
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '60',
    });
    expect(await statuses(1, '/twice')).toEqual([200]);
    const refused = await get('/twice');
    expect([
      refused.status,
      refused.headers['retry-after'],
      refused.headers['ratelimit-remaining'],
      refused.body,
    ]).toEqual([
      429,
      '60',
      '0',
      { detail: 'Request was throttled. Expected available in 60 seconds.', code: 'throttled' },
    ]);
    now += 60_000;
    expect(await statuses(3, '/twice')).toEqual([200, 200, 429]);
  });

  test('count users by their id', async () => {
    expect(await statuses(3, '/twice', '1')).toEqual([200, 200, 429]);
    expect(await statuses(2, '/twice', '2')).toEqual([200, 200]);
    expect(await statuses(2, '/twice')).toEqual([200, 200]);
  });

  test('come after permissions and before the verb', async () => {
    for (let request = 0; request < 3; request++) expect((await shop.call('POST', '/twice')).status).toBe(401);
    expect((await shop.call('PUT', '/twice')).status).toBe(405);
    expect((await shop.call('PUT', '/twice')).status).toBe(405);
    expect((await shop.call('PUT', '/twice')).status).toBe(429);
    expect(await statuses(1, '/twice')).toEqual([429]);
  });

  test('share a count by their scope', async () => {
    expect(await statuses(1, '/shared')).toEqual([200]);
    expect(await statuses(2, '/sharing')).toEqual([200, 429]);
    expect(await statuses(1, '/shared')).toEqual([429]);
  });

  test('all agree where there are several, the longest wait is told', async () => {
    expect(await statuses(2, '/several')).toEqual([200, 200]);
    expect((await get('/several')).headers['retry-after']).toBe('3600');
    expect(await statuses(1, '/several', '5')).toEqual([200]);
    expect((await get('/several', '5')).headers['retry-after']).toBe('86400');
  });

  test('of an action replace those of its ViewSet, and those of the module hold where nothing is said', async () => {
    expect(await statuses(2, '/actions', '1')).toEqual([200, 429]);
    expect(await statuses(2, '/actions/slow', '1')).toEqual([200, 429]);
    expect(await statuses(5, '/actions/free', '1')).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(4, '/silent')).toEqual([200, 200, 200, 429]);
  });
});

test.each(['5/fortnight', '0/minute', 'x', '1/0s', { rate: '1/s', callers: 'some' }])(
  '%j is no throttle',
  async (throttle) => {
    @ViewSet({ path: 'wrong', permissions: [AllowAny], throttle: throttle as '1/s' })
    class WrongView extends SilentView {}
    await expect(TestApp.start({ views: [WrongView] })).rejects.toMatchObject({ code: 'VIEWSET_INVALID_OPTION' });
  },
);
