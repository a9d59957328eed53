import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Streams, Terminal } from './terminal.js';

let said: string;

/** A terminal, or a pipe; `isForPrograms` as `--json` makes it. */
function terminal({ isTTY = true, isForPrograms = false } = {}): Terminal {
  const stream = { isTTY, write: (text: string) => Boolean((said += text)) };
  return new Terminal({ stdin: stream, stdout: stream, stderr: stream } as unknown as Streams, {}, isForPrograms);
}

beforeEach(() => {
  said = '';
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('what is done now', () => {
  test('is told to somebody who watches, and to nobody else', () => {
    terminal().step('Applying 0001_initial …');
    expect(said).toBe('Applying 0001_initial …\n');
    terminal({ isTTY: false }).step('Applying 0002_posts …');
    terminal({ isForPrograms: true }).step('Applying 0003_tags …');
    expect(said).toBe('Applying 0001_initial …\n');
  });

  test('is told once it takes a while', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const work = terminal().during('Connecting …', () => promise);
    jest.advanceTimersByTime(900);
    expect(said).toBe('');
    jest.advanceTimersByTime(200);
    expect(said).toBe('Connecting …\n');
    resolve(3);
    expect(await work).toBe(3);
  });

  test('is not told when it is over before, well or not', async () => {
    expect(await terminal().during('Connecting …', () => Promise.resolve(3))).toBe(3);
    const failing = terminal().during('Connecting …', () => Promise.reject(new Error('Nobody is there.')));
    await expect(failing).rejects.toThrow('Nobody is there.');
    jest.advanceTimersByTime(5000);
    expect(said).toBe('');
  });
});
