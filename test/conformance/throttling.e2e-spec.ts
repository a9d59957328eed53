import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestApp } from '@core-framework/testing';
import { describeLibrary } from './fixture/each-database.js';
import { startLibrary } from './fixture/library.app.js';

describeLibrary('throttling', (library) => {
  let hour = 0;
  // Every case starts in an hour of its own, so that no limit of an earlier one is left.
  beforeEach(() => library.app.clock.set(new Date(Date.UTC(2026, 0, 1, (hour += 2)))));
  const statuses = async (path: string, times: number, client = library.anyone) => {
    const answers = [];
    for (let index = 0; index < times; index++) answers.push((await client.get(path)).status);
    return answers;
  };

  test('41: the third request of two per minute is 429 and told when to come back', async () => {
    expect(await statuses('/throttled', 2)).toEqual([200, 200]);
    const answer = await library.anyone.get('/throttled');
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.json()).toMatchObject({ code: 'throttled', detail: expect.stringMatching(/\d+ second/) });
  });

  test('42: time passes, other users and other views are free', async () => {
    expect(await statuses('/throttled', 3)).toEqual([200, 200, 429]);
    expect(await statuses('/throttled', 3, library.bearer('u'))).toEqual([200, 200, 429]);
    expect(await statuses('/throttled', 1, library.bearer('v'))).toEqual([200]);
    expect(await statuses('/tags', 5)).toEqual([200, 200, 200, 200, 200]);
    library.app.clock.advance({ seconds: 61 });
    expect(await statuses('/throttled', 3)).toEqual([200, 200, 429]);
  });

  test('42: of two throttles the longer wait is told', async () => {
    expect(await statuses('/twice-throttled', 1)).toEqual([200]);
    const answer = await library.anyone.get('/twice-throttled');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3000);
  });
});

describe('conformance: throttling of callers who are refused', () => {
  let app: TestApp;
  afterAll(() => app.close());

  test.each([undefined, 'Bearer nobody'])(
    '44: the third request with the credentials %s is 429',
    async (authorization) => {
      await app?.close();
      app = await startLibrary('sqlite://', {
        env: { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '60' },
      });
      const client = authorization ? app.client.with({ authorization }) : app.client;
      const answers = [];
      for (let index = 0; index < 3; index++) answers.push((await client.get('/docs')).status);
      expect(answers).toEqual([401, 401, 429]);
    },
  );
});
