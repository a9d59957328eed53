import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ContextKey, RequestContext } from './request-context.js';

const COUNT = new ContextKey<number>('count');

describe('RequestContext', () => {
  test('does not exist outside of run', () => {
    expect(RequestContext.current()).toBeUndefined();
  });

  test('follows the work through awaits and keeps concurrent work apart', async () => {
    const work = (id: string, wait: number) =>
      RequestContext.run(new RequestContext(id), async () => {
        RequestContext.current()?.set(COUNT, wait);
        await sleep(wait);
        return [RequestContext.current()?.requestId, RequestContext.current()?.get(COUNT)];
      });
    expect(await Promise.all([work('a', 4), work('b', 1)])).toEqual([
      ['a', 4],
      ['b', 1],
    ]);
  });

  test('gives the outer context back after an inner one', () => {
    const outer = new RequestContext('outer');
    RequestContext.run(outer, () => {
      RequestContext.run(new RequestContext('inner'), () => RequestContext.current()?.set(COUNT, 1));
      expect(RequestContext.current()).toBe(outer);
      expect(outer.get(COUNT)).toBeUndefined();
    });
  });

  test('forgets a value that is deleted', () => {
    const context = new RequestContext();
    context.set(COUNT, 1);
    context.delete(COUNT);
    expect(context.get(COUNT)).toBeUndefined();
  });
});
