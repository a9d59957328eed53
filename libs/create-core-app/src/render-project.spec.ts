import { readFileSync } from 'node:fs';
import { expect, describe, test } from '@jest/globals';
import { check, format, resolveConfig } from 'prettier';
import { type ProjectChoices, BROKERS, DATABASES } from './project-choices.js';
import { renderProject } from './render-project.js';
import { FRAMEWORK_VERSION, VERSIONS } from './versions.js';

const ALL: ProjectChoices = {
  database: 'postgres',
  auth: true,
  messaging: 'redis',
  tasks: true,
  packageManager: 'npm',
};
const MINIMAL: ProjectChoices = { database: 'sqlite', auth: false, tasks: false, packageManager: 'pnpm' };
const EVERY: readonly ProjectChoices[] = [
  ALL,
  MINIMAL,
  ...DATABASES.map((database) => ({ ...MINIMAL, database })),
  ...BROKERS.map((messaging) => ({ ...MINIMAL, messaging })),
];
const repositoryFile = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the files of a new project', () => {
  test.each(EVERY)('are formatted as prettier would: %j', async (choices) => {
    const options = JSON.parse(renderProject('shop', choices).get('.prettierrc.json') ?? '{}') as object;
    for (const [path, text] of renderProject('my-shop', choices)) {
      if (!/\.(?:ts|js|json|md|yml)$/.test(path)) continue;
      const isFormatted = await check(text, { ...options, filepath: path });
      expect([path, isFormatted ? text : await format(text, { ...options, filepath: path })]).toEqual([path, text]);
    }
  });

  test('hold what was chosen and nothing else', () => {
    const all = renderProject('my-shop', ALL);
    const minimal = renderProject('my-shop', MINIMAL);
    expect(all.get('src/app.module.ts')).toMatch(
      /AuthModule\.forRoot[\s\S]*MessagingModule\.forRoot[\s\S]*TasksModule\.forRoot/,
    );
    expect(minimal.get('src/app.module.ts')).not.toMatch(/Auth|Messaging|Tasks|User/);
    expect([...minimal.keys()].filter((path) => path.includes('user'))).toEqual([]);
    expect(all.get('.env')).toMatch(/^DATABASE_URL=postgresql:\/\/\S+\/my_shop\nMESSAGE_BROKER=redis\nREDIS_URL=/m);
    expect(minimal.get('.env')).toMatch(/^DATABASE_URL=sqlite:\S+\n$/m);
    const { dependencies } = JSON.parse(all.get('package.json') ?? '') as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['ioredis', '@core-framework/tasks']));
  });

  test.each([
    ['redis', 'ioredis'],
    ['rabbitmq', 'amqplib'],
    ['kafka', '@platformatic/kafka'],
  ] as const)('bring along what %s is reached by', (messaging, client) => {
    const manifest = (broker?: typeof messaging) =>
      renderProject('shop', { ...MINIMAL, messaging: broker }).get('package.json');
    expect(manifest(messaging)).toContain(`"${client}"`);
    expect(manifest()).not.toContain(`"${client}"`);
  });

  test('say where npm finds what they leave out, where they come from tarballs', () => {
    const manifest = (choices: ProjectChoices) =>
      JSON.parse(renderProject('shop', choices, (name) => `file:${name}.tgz`).get('package.json') ?? '') as object;
    const npm = { ...MINIMAL, packageManager: 'npm' } as const;
    expect(manifest({ ...npm, auth: true })).toMatchObject({
      overrides: { '@core-framework/messaging': 'file:@core-framework/messaging.tgz' },
    });
    expect(manifest({ ...npm, messaging: 'memory' })).not.toHaveProperty(['overrides', '@core-framework/messaging']);
    expect(manifest(MINIMAL)).not.toHaveProperty('overrides');
    expect(JSON.parse(renderProject('shop', npm).get('package.json') ?? '')).not.toHaveProperty('overrides');
  });

  test('have a key of their own, which is in no file that is committed', () => {
    const [one, other] = [renderProject('a', ALL), renderProject('a', ALL)];
    const keyOf = (files: ReadonlyMap<string, string>) => /^SECRET_KEY=(\S{64})$/m.exec(files.get('.env') ?? '')?.[1];
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(one)).not.toBe(keyOf(other));
    for (const [path, text] of one) if (path !== '.env') expect(text).not.toContain(keyOf(one));
    expect(one.get('.gitignore')).toMatch(/^\.env$/m);
  });
});

test('projects get the releases that the framework is tested with', async () => {
  const { version } = JSON.parse(repositoryFile('libs/common/package.json')) as { version: string };
  expect(FRAMEWORK_VERSION).toBe(version);
  const lock = JSON.parse(repositoryFile('package-lock.json')) as { packages: Record<string, { version: string }> };
  const ours = Object.keys(VERSIONS).map((name) => [name, lock.packages[`node_modules/${name}`]?.version] as const);
  expect(VERSIONS).toEqual(Object.fromEntries(ours));
  expect(await resolveConfig(new URL('../../../package.json', import.meta.url))).toEqual(
    JSON.parse(renderProject('a', MINIMAL).get('.prettierrc.json') ?? ''),
  );
});
