import { describe, expect, test } from '@jest/globals';
import { clientAddressOf } from '../http/client-address.js';
import { MemoryThrottleStore } from './memory-throttle.store.js';

const MINUTE = 60_000;

describe('MemoryThrottleStore', () => {
  let now = 1_000_000;
  const clock = { now: () => new Date(now) };
  const twice = { limit: 2, windowMs: MINUTE };

  test('allows as many hits as the limit in any window, and says how long to wait', () => {
    const store = new MemoryThrottleStore({ clock });
    expect(store.hit('a', twice)).toEqual({ allowed: true, limit: 2, remaining: 1, retryMs: 0, resetMs: MINUTE });
    now += 20_000;
    expect(store.hit('a', twice)).toMatchObject({ allowed: true, remaining: 0, retryMs: 40_000, resetMs: MINUTE });
    expect(store.hit('a', twice)).toMatchObject({ allowed: false, remaining: 0, retryMs: 40_000 });
    expect(store.hit('b', twice)).toMatchObject({ allowed: true, remaining: 1 });
    now += 39_999;
    expect(store.hit('a', twice)).toMatchObject({ allowed: false, retryMs: 1 });
    now += 1;
    expect(store.hit('a', twice)).toMatchObject({ allowed: true, remaining: 0, retryMs: 20_000 });
  });

  test('takes hits back, and none that were not counted', () => {
    const store = new MemoryThrottleStore({ clock });
    store.hit('a', twice);
    store.hit('a', twice);
    store.forgive('a');
    expect(store.hit('a', twice)).toMatchObject({ allowed: true, remaining: 0 });
    expect(store.hit('a', twice)).toMatchObject({ allowed: false });
    for (let n = 0; n < 5; n++) store.forgive('a');
    store.forgive('nobody');
    expect(store.hit('a', twice)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('never allows more than the limit in a window, however the hits fall', () => {
    const store = new MemoryThrottleStore({ clock });
    const limit = { limit: 50, windowMs: MINUTE };
    const allowed: number[] = [];
    for (let hit = 0; hit < 2000; hit++) {
      now += (hit * 7919) % 211;
      if (store.hit('a', limit).allowed) allowed.push(now);
    }
    const most = Math.max(...allowed.map((at) => allowed.filter((other) => other > at - MINUTE && other <= at).length));
    expect(most).toBe(50);
  });

  test('remembers no more keys than it may, and forgets the quietest', () => {
    const store = new MemoryThrottleStore({ clock, maxKeys: 3 });
    const once = { limit: 1, windowMs: MINUTE };
    for (const key of ['a', 'b', 'c']) store.hit(key, once);
    store.hit('a', once);
    store.hit('d', once);
    expect(store.size).toBe(3);
    expect([store.hit('a', once).allowed, store.hit('b', once).allowed]).toEqual([false, true]);
  });
});

describe('clientAddressOf', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['unknown', 'unknown'],
    ['1.2.3', 'unknown'],
    ['', 'unknown'],
    ["' or 1=1", 'unknown'],
  ])('%s counts as %s', (ip, client) => {
    expect(clientAddressOf({ ip })).toBe(client);
  });
});
