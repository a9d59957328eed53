import { describe, expect, test } from '@jest/globals';
import { redactSecrets } from './redact-secrets.js';

describe('redactSecrets', () => {
  test.each([
    ['{"password":"a\\"b","user":"u"}', '{"password":"[redacted]","user":"u"}'],
    ['{"deep":{"accessToken":"x","n":1}}', '{"deep":{"accessToken":"[redacted]","n":1}}'],
    [
      '{"headers":{"authorization":"Bearer abc","set-cookie":["a=b","c=d"]}}',
      '{"headers":{"authorization":"[redacted]","set-cookie":"[redacted]"}}',
    ],
    ['{"secretKey":"k","api_key":12345}', '{"secretKey":"[redacted]","api_key":"[redacted]"}'],
    ['GET /a?page=2&reset_token=abc&x=1', 'GET /a?page=2&reset_token=[redacted]&x=1'],
    ['GET /callback?code=abc#top', 'GET /callback?code=[redacted]#top'],
    ['cannot reach postgresql://user:p%40ss@db:5432/app', 'cannot reach postgresql://user:[redacted]@db:5432/app'],
    ['redis://:pa@ss@cache/0', 'redis://:[redacted]@cache/0'],
    ['sent Bearer eyJhbGciOi.J9.x-y', 'sent Bearer [redacted]'],
  ])('hides secrets in %s', (line, redacted) => {
    expect(redactSecrets(line)).toBe(redacted);
  });

  test.each([
    '{"tokens":["a"],"title":"my password: none"}',
    'http://localhost:8000/api/v1?page=1',
    '{"url":"/a?encoded=x"}',
    'Basic needs are met',
  ])('leaves %s alone', (line) => expect(redactSecrets(line)).toBe(line));

  test('keeps JSON lines valid', () => {
    const line = JSON.stringify({
      password: 'a"b\\',
      url: '/x?token=a"b',
      nested: { cookie: 'x' },
      text: 'postgres://u:p"w@h',
    });
    expect(() => JSON.parse(redactSecrets(line)) as unknown).not.toThrow();
  });
});
