import { expect, test } from '@jest/globals';
import { Fifo } from './fifo.js';

test('gives back what it was given, in order, while more comes', () => {
  const fifo = new Fifo<number>();
  const taken: (number | undefined)[] = [];
  for (let number = 0; number < 5000; number++) {
    fifo.push(number);
    if (number % 3 > 0) taken.push(fifo.shift());
  }
  expect(fifo.length).toBe(5000 - taken.length);
  while (fifo.length > 0) taken.push(fifo.shift());
  expect(taken).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  expect(fifo.shift()).toBeUndefined();
  fifo.push(1);
  fifo.clear();
  expect([fifo.length, fifo.shift()]).toEqual([0, undefined]);
});
