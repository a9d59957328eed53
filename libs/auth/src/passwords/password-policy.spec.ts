import { describe, expect, test } from '@jest/globals';
import { PasswordPolicy } from './password-policy.js';

const codes = (password: string, personal: (string | null)[] = [], maxBytes?: number, min = 8) =>
  new PasswordPolicy({ maxBytes }, min).check(password, personal).map(({ code }) => code);

describe('the policy of passwords', () => {
  test.each([
    ['seven.c', ['password_too_short']],
    ['x'.repeat(129), ['password_too_long']],
    ['🔑'.repeat(257), ['password_too_long']],
    ['password123', ['password_too_common']],
    ['PassWord123', ['password_too_common']],
    ['aaaaaaaaaaaa', ['password_too_common']],
    ['correct horse battery', []],
    ['🔑🐎🔋📌🌊🌋🌍🌙🌻', []],
    [`${'correct horse '.repeat(4)}battery!`, []],
    ['nocapsnodigits', []],
  ])('says of %j %j', (password, expected) => {
    expect(codes(password)).toEqual(expected);
  });

  test('refuses what is little more than the address or the name', () => {
    const personal = ['alice.lee@example.com', 'Alice', null, ''];
    for (const password of ['alice.lee@example.com', 'Alice.Lee1', 'alicelee', 'example1']) {
      expect([password, codes(password, ['alicelee@example.com', ...personal]).at(-1)]).toEqual([
        password,
        'password_too_similar',
      ]);
    }
    expect(codes('alice walks the dog daily', personal)).toEqual([]);
  });

  test('holds to what the hasher can take, and to the length that is asked for', () => {
    expect(codes('x1y'.repeat(25), [], 72)).toEqual(['password_too_long']);
    expect(codes('brown fox', [], undefined, 15)).toEqual(['password_too_short']);
    // Of these the form that is hashed has twice the bytes.
    expect(codes(`\u0958\u0959\u095a${'x1y'.repeat(21)}`, [], 72)).toEqual(['password_too_long']);
  });
});
