import { describe, expect, test } from '@jest/globals';
import { checkOneEnd, orderMigrations } from './migration-graph.js';
import type { LoadedMigration } from './migration-source.js';

function file(name: string, { dependencies, replaces = [] }: Partial<LoadedMigration> = {}): LoadedMigration {
  return { name, dependencies, replaces, operations: [] };
}

function order(files: readonly LoadedMigration[], ...applied: string[]) {
  const { done, leaves, pending } = orderMigrations(files, new Set(applied));
  return { done: done.map(({ name }) => name), pending: pending.map(({ name }) => name), leaves };
}

describe('a history in one line', () => {
  const line = [file('0001_a'), file('0002_b'), file('0003_c')];

  test('needs no dependencies: each follows the number before', () => {
    expect(order(line, '0001_a')).toEqual({ done: ['0001_a'], pending: ['0002_b', '0003_c'], leaves: ['0003_c'] });
  });

  test('may not have gaps', () => {
    expect(() => order([file('0001_a'), file('0003_c')])).toThrow(/0003_c comes where 0002 is missing/);
  });

  test('must be applied without gaps, and without others', () => {
    expect(() => order(line, '0001_a', '0003_c')).toThrow(/0003_c as applied, although 0002_b/);
    expect(() => order(line, '0009_z')).toThrow(/0009_z as applied, which is not among/);
  });

  test('may not lead to what comes later', () => {
    expect(() => order([file('0001_a', { dependencies: ['0002_b'] }), file('0002_b')])).toThrow(
      /0001_a depends on 0002_b/,
    );
  });
});

describe('a history in two lines', () => {
  const fork = [file('0001_a'), file('0002_b'), file('0002_c', { dependencies: ['0001_a'] })];

  test('has two ends, which is a conflict', () => {
    expect(order(fork).leaves).toEqual(['0002_b', '0002_c']);
    expect(() => checkOneEnd(orderMigrations(fork, new Set()))).toThrow(/end in 0002_b and 0002_c/);
  });

  test('has one end again by a migration that builds on both, whichever of them a database has', () => {
    const merged = [...fork, file('0003_merge', { dependencies: ['0002_b', '0002_c'] })];
    expect(order(merged, '0001_a', '0002_c')).toEqual({
      done: ['0001_a', '0002_c'],
      pending: ['0002_b', '0003_merge'],
      leaves: ['0003_merge'],
    });
  });

  test('leaves it to the next one to say what it follows', () => {
    expect(() => order([...fork, file('0003_d')])).toThrow(/0003_d may follow 0002_b or 0002_c/);
  });
});

describe('a migration that replaces others', () => {
  const squash = file('0001_squashed', { replaces: ['0001_a', '0002_b'] });
  const files = [file('0001_a'), squash, file('0002_b'), file('0003_c')];

  test('stands in their place in a new database', () => {
    expect(order(files).pending).toEqual(['0001_squashed', '0003_c']);
  });

  test('counts as applied where they are, with and without their files', () => {
    const counted = { done: ['0001_squashed'], pending: ['0003_c'], leaves: ['0003_c'] };
    expect(order(files, '0001_a', '0002_b')).toEqual(counted);
    expect(order([squash, file('0003_c')], '0001_a', '0002_b')).toEqual(counted);
  });

  test('waits until a database that has some of them has the others, for which it needs their files', () => {
    expect(order(files, '0001_a')).toEqual({ done: ['0001_a'], pending: ['0002_b', '0003_c'], leaves: ['0003_c'] });
    expect(() => order([squash, file('0003_c')], '0001_a')).toThrow(/only some of the migrations that 0001_squashed/);
  });
});
