import { expect, test } from '@jest/globals';
import { KeyLanes } from './key-lanes.js';

test('work of one lane runs in order, that of others meanwhile, and never more than so much at a time', async () => {
  const lanes = new KeyLanes(2);
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  let most = 0;
  let running = 0;
  const work = (name: string) => async () => {
    most = Math.max(most, ++running);
    if (name === 'a1') await gate.promise;
    log.push(name);
    if (name === 'c1') gate.resolve();
    running -= 1;
  };
  const names = ['a1', 'a2', 'b1', 'c1', '-1', '-2'];
  await Promise.all(names.map((name) => lanes.run(name.startsWith('-') ? undefined : name[0], work(name))));
  expect(log.toSorted()).toEqual(names.toSorted());
  expect(log.indexOf('a1')).toBeGreaterThan(log.indexOf('c1'));
  expect(log.indexOf('a2')).toBeGreaterThan(log.indexOf('a1'));
  expect(most).toBe(2);
});
