import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { CoreSettings } from '../core-settings.js';
import { Setting } from '../decorators/setting.decorator.js';
import { loadSettings } from '../loading/load-settings.js';
import { describeSettings } from './describe-settings.js';
import { renderEnvExample } from './env-example.js';
import { renderSettingsPage } from './settings-page.js';

const repositoryFile = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('generated files are up to date (npm run settings:docs)', () => {
  test('.env.example', () => {
    expect(repositoryFile('.env.example')).toBe(renderEnvExample(CoreSettings));
  });

  test('docs/settings.md', () => {
    expect(repositoryFile('docs/settings.md')).toBe(renderSettingsPage(CoreSettings));
  });
});

describe('.env.example', () => {
  test('sets nothing as it is, and the defaults when its lines are uncommented', () => {
    const example = renderEnvExample(CoreSettings);
    expect(parseEnv(example)).toEqual({});
    const env = parseEnv(example.replaceAll(/^# (?=[A-Z0-9_]+=)/gm, ''));
    // Parts of the database's address are among the lines; DATABASE_URL wins over them.
    const settings = loadSettings(CoreSettings, { env, envFile: false });
    for (const { variable, property, default: value } of describeSettings(CoreSettings)) {
      expect(env).toHaveProperty(variable);
      if (value !== undefined) expect([variable, String(Reflect.get(settings, property))]).toEqual([variable, value]);
    }
  });

  test('quotes what a shell or a parser would cut', () => {
    class Awkward {
      motto = 'say "hi" # now';
    }
    const line = renderEnvExample(Awkward)
      .split('\n')
      .find((text) => text.startsWith('# MOTTO='));
    expect(line).toBeDefined();
    expect(loadSettings(Awkward, { env: parseEnv(line!.slice(2)), envFile: false }).motto).toBe('say "hi" # now');
  });
});

describe('every setting of the framework', () => {
  test.each(
    describeSettings(CoreSettings).map(({ variable, description, owner }) => ({ variable, description, owner })),
  )('$variable says what it is for and which package acts on it', ({ description, owner }) => {
    expect(description).toMatch(/^[A-Z`].*\.$/);
    expect(owner).toMatch(/^@core-framework\//);
  });

  test.each(
    describeSettings(CoreSettings).filter(({ variable }) =>
      /SECRET|PASSWORD$|_KEY$|DATABASE_URL|REDIS_URL|RABBITMQ_URL/.test(variable),
    ),
  )('$variable is a secret', ({ secret }) => {
    expect(secret).toBe(true);
  });
});

test('a page escapes what would break its table', () => {
  class Piped {
    @Setting({ description: 'Either a | b.' }) choice = 'a|b';
  }
  const row = renderSettingsPage(Piped).trim().split('\n').at(-1);
  expect(row?.split(/(?<!\\)\|/).map((cell) => cell.trim())).toEqual([
    '',
    '`CHOICE`',
    'string',
    '`a\\|b`',
    String.raw`Either a \| b.`,
    'application',
    '',
  ]);
});
