import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { passOverRequestsWithoutOrigin } from './requests-without-origin.js';

const adapter = new FastifyAdapter();
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  passOverRequestsWithoutOrigin(adapter);
  adapter.enableCors({
    origin: (origin, answer) => {
      asked.push(origin);
      answer(null, origin === 'https://app.example');
    },
  });
  adapter.getInstance().get('/', () => 'seen');
  await adapter.init();
  await adapter.getInstance().ready();
});
afterAll(() => adapter.close());

const ask = async (headers: Record<string, string> = {}) => {
  const answer = await adapter.getInstance().inject({ url: '/', headers });
  return [answer.headers.vary, answer.headers['access-control-allow-origin']];
};

test('only requests that name an origin are looked at, and caches are told of it in any case', async () => {
  expect(await ask()).toEqual(['Origin', undefined]);
  expect(asked).toEqual([]);
  expect(await ask({ origin: 'https://app.example' })).toEqual(['Origin', 'https://app.example']);
  expect(await ask({ origin: 'https://other.example' })).toEqual(['Origin', undefined]);
  expect(asked).toEqual(['https://app.example', 'https://other.example']);
});
