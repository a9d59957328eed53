import { describe, expect, test } from '@jest/globals';
import { PreconditionFailedException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';
import { checkIfMatch, isUnchanged, versionTag } from './version-tag.js';

const asking = (headers: Record<string, string>) => ({ headers }) as unknown as FastifyRequest;

describe('versionTag', () => {
  test('is the version, and a digest of what is shown beyond the row', () => {
    expect(versionTag(3)).toBe('"3"');
    expect(versionTag(3, '{"a":1}')).toMatch(/^"3-[\w-]{16}"$/);
    expect(versionTag(3, '{"a":1}')).not.toBe(versionTag(3, '{"a":2}'));
  });
});

describe('checkIfMatch', () => {
  test.each(['*', '"3"', 'W/"3"', '"2", "3"', '"3-digest"'])('lets version 3 pass for %s', (header) => {
    expect(() => checkIfMatch(asking({ 'if-match': header }), 3)).not.toThrow();
  });

  test.each(['"2"', '"33"', '3', ''])('refuses version 3 for %j', (header) => {
    expect(() => checkIfMatch(asking({ 'if-match': header }), 3)).toThrow(PreconditionFailedException);
  });

  test('asks for nothing when the request names no version', () => {
    expect(() => checkIfMatch(asking({}), 3)).not.toThrow();
  });
});

describe('isUnchanged', () => {
  test('compares the whole tag, weak or strong', () => {
    expect(isUnchanged(asking({ 'if-none-match': 'W/"3-abc"' }), '"3-abc"')).toBe(true);
    expect(isUnchanged(asking({ 'if-none-match': '"1", "3"' }), '"3"')).toBe(true);
    expect(isUnchanged(asking({ 'if-none-match': '"3"' }), '"3-abc"')).toBe(false);
    expect(isUnchanged(asking({}), '"3"')).toBe(false);
  });
});
