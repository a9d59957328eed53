import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { testNotes } from '../examples/notes-test.js';
import {
  LeakedSecretError,
  QueryCountError,
  RouteInventoryError,
  SecurityCheckError,
} from './errors/testing.errors.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

describe('the README', () => {
  test('shows the example as it is, and it passes', async () => {
    expect(readme).toContain(read('../examples/notes-test.ts').trim());
    await testNotes();
  });

  test('lists exactly the codes of the errors', () => {
    const listed = [...readme.matchAll(/`(TESTING_[A-Z_]+)`/g)].map(([, code]) => code);
    const errors = [
      new QueryCountError(0, []),
      new RouteInventoryError([], []),
      new SecurityCheckError('', []),
      new LeakedSecretError([]),
    ];
    expect(listed).toEqual(errors.map(({ code }) => code));
  });
});
