import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCore } from '@core-framework/cli';
import { RedisBroker } from '@core-framework/messaging/redis';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisServer } from './reliability/brokers/redis-server.js';
import { type Exercise, EXERCISES, GENERATING, SERVING } from './support/command-exercises.js';
import { ProcessWatch } from './support/process-watch.js';
import { scratchRedis } from './support/redis.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AWAY = 'postgresql://ann:hunter22@127.0.0.1:1/shop';

let folder: string;
const database = () => `sqlite://${join(folder, 'app.db')}`;
const watch = new ProcessWatch();
/** What the commands said, by their lines. */
const printed: Record<string, string> = {};
/** What stands for values in the lines, which are known only once there is something. */
const values = { FOLDER: '', PERIODIC: '', TASK: '', LETTER: '' };
/** Keeps topics from one command to the next; a broker in memory does not. */
let redis: RedisServer | undefined;
const home = process.cwd();
const env = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'core-commands-'));
  Object.assign(process.env, {
    DATABASE_URL: database(),
    AUTH_PASSWORD_HASHER: 'scrypt',
    SEED_WHEN_EMPTY: 'false',
    LOG_LEVEL: 'error',
    PORT: '0',
    HOST: '127.0.0.1',
  });
  for (const name of ['ENVIRONMENT', 'CI', 'REDIS_URL', 'MESSAGE_BROKER']) delete process.env[name];
  redis = await scratchRedis();
  if (redis) Object.assign(process.env, { MESSAGE_BROKER: 'redis', REDIS_URL: redis.url });
  values.FOLDER = folder;
  await core('migrate');
  const { tasks } = JSON.parse((await core('tasks list --json')).out) as { tasks: { name: string; timing?: string }[] };
  values.PERIODIC = tasks.find(({ timing }) => timing !== undefined)?.name ?? '';
  values.TASK = (JSON.parse((await core('tasks run PERIODIC --json')).out) as { id: string }).id;
  if (redis) values.LETTER = await deadLetterOn(redis.url);
});

/** Has a group give an event up, and answers what it is called among its dead letters. */
async function deadLetterOn(url: string): Promise<string> {
  const broker = new RedisBroker({ url });
  const place = { group: 'group', topic: 'topic' };
  const { promise: isDead, resolve } = Promise.withResolvers<void>();
  const wanted = { topics: ['topic'], group: 'group', prefetch: 1, visibilityMs: 10_000 };
  await broker.subscribe(wanted, async (delivery) => {
    await delivery.deadLetter('It is of no use.');
    resolve();
  });
  const time = new Date().toISOString();
  await broker.publish('topic', [{ id: 'one', type: 'thing.made', source: 'test', time, data: '{}', headers: {} }]);
  await isDead;
  const [letter] = await broker.deadLetters(place, 1);
  await broker.disconnect();
  return letter?.id ?? '';
}

afterAll(async () => {
  try {
    await watch.searchLeavings({ printed, databases: [database()], redis: redis?.url });
  } finally {
    await redis?.[Symbol.asyncDispose]();
    process.env = env;
    rmSync(folder, { recursive: true, force: true });
  }
});

interface Given {
  readonly input?: string;
  /** What somebody presses at the terminal, once a question is there. */
  readonly keys?: string;
}

/** Runs a command line on the sample, in this process. */
async function core(line: string, { input = '', keys }: Given = {}) {
  const isTTY = keys !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin });
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = { out: '', err: '' };
  let isPressed = false;
  out.on('data', (piece: Buffer) => (said.out += piece.toString()));
  err.on('data', (piece: Buffer) => {
    said.err += piece.toString();
    // Once: what is typed is shown, with the question again.
    if (keys === undefined || isPressed || !/Go on\?|address:|project:|Database:/.test(said.err)) return;
    isPressed = true;
    // Who asks listens once the question is shown.
    setImmediate(() => stdin.write(keys));
  });
  if (!isTTY) stdin.end(input);
  const streams = { stdin, stdout: Object.assign(out, { isTTY }), stderr: Object.assign(err, { isTTY }) };
  const words = Object.entries(values)
    .reduce((text, [name, value]) => text.replaceAll(name, value), line)
    .split(' ');
  try {
    const code = await runCore(words, { folder: ROOT, streams: streams as never });
    // What was written last is heard in the next turn.
    await new Promise(setImmediate);
    watch.add(input.trim());
    printed[`core ${line}`] = said.out + said.err;
    return { code, ...said };
  } finally {
    process.chdir(home);
  }
}

test('every command of the list is exercised by a right line of its own and by wrong ones, and no other is', async () => {
  const { out } = await core('list --json');
  const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
  const known = { ...EXERCISES, ...GENERATING, ...SERVING };
  expect(names.toSorted()).toEqual(Object.keys(known).toSorted());
  for (const [name, { right, wrong }] of Object.entries(known)) {
    const [group, command = ''] = name.split(' ');
    // A group alone stands for the first of its commands.
    const isOfIt = right.startsWith(name) || (right.startsWith(`${group} --`) && /^(?:list|status)$/.test(command));
    expect([name, right, isOfIt]).toEqual([name, right, true]);
    expect([name, wrong.length > 0]).toEqual([name, true]);
    for (const line of wrong)
      expect([name, (typeof line === 'string' ? line : line[1]).split(' ')[0]]).toEqual([name, group]);
  }
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Expects of each line of a command what it is there for. */
async function expectAll({ right, wrong }: Exercise, run: (line: string) => Outcome | Promise<Outcome>): Promise<void> {
  const { code, out, err } = await run(right);
  expect([right, code, code === 0 ? '' : `${out}${err}`]).toEqual([right, 0, '']);
  if (right.endsWith('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow();
  for (const each of wrong) {
    const [wanted, line] = typeof each === 'string' ? [2, each] : each;
    const answer = await run(line);
    expect([line, answer.code]).toEqual([line, wanted]);
    // It says what to do, and no stack.
    expect(answer.err + answer.out).toMatch(/\S/);
    expect(answer.err).not.toMatch(/^ {4}at /m);
  }
}

test.each(Object.entries(EXERCISES))(
  'core %s does what it is told, and says what is wrong',
  async (name, exercise) => {
    if (exercise.needsBroker && !redis) return;
    await expectAll(exercise, (line) => core(line, exercise));
    if (/password|superuser/.test(name)) await watch.searchLeavings({ printed, databases: [database()] });
  },
  60_000,
);

describe('generators, which Jest cannot run in its own process', () => {
  let outcomes: ReadonlyMap<string, Outcome>;

  beforeAll(() => {
    const lines = Object.values(GENERATING).flatMap(({ right, wrong }) => [
      right,
      ...wrong.map((each) => (typeof each === 'string' ? each : each[1])),
    ]);
    const flags = ['--conditions=@core-framework/source', '--import', join(ROOT, 'scripts/source-loader.mjs')];
    const words = [...flags, join(ROOT, 'test/support/run-core.process.ts'), JSON.stringify(lines)];
    const said = execFileSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
    outcomes = new Map((JSON.parse(said) as (Outcome & { line: string })[]).map((each) => [each.line, each]));
  }, 120_000);

  test.each(Object.entries(GENERATING))('core %s does what it is told, and says what is wrong', async (_, exercise) => {
    await expectAll(exercise, (line) => outcomes.get(line) ?? { code: -1, out: '', err: '' });
  });
});

test.each(Object.entries(SERVING))('core %s refuses what it does not understand', async (_, { wrong }) => {
  for (const line of wrong) expect([line, await core(line)]).toMatchObject([line, { code: 2 }]);
});

describe('a database that is away', () => {
  const lines = ['migrate', 'showmigrations', 'db seed', 'db fresh --yes', 'db dump', 'outbox status', 'tasks list'];
  test.each([...lines, 'createsuperuser --email a@b.pt --password-stdin', 'doctor'])(
    'core %s says so in one message, without the password',
    async (line) => {
      const url = process.env['DATABASE_URL'];
      process.env['DATABASE_URL'] = AWAY;
      try {
        const { code, out, err } = await core(line, { input: 'correct horse battery' });
        expect([line, code]).toEqual([line, 1]);
        expect(out + err).toContain('DATABASE_URL');
        expect(out + err).not.toContain('hunter22');
      } finally {
        process.env['DATABASE_URL'] = url;
      }
    },
  );
});

describe('a database without tables', () => {
  const lines = ['db seed', 'db dump', 'outbox status', 'outbox retry', 'tasks list', 'tasks failed', 'tasks retry'];
  const accounts = ['createsuperuser --email a@b.pt --field name=Ann', 'changepassword a@b.pt'];
  test.each([...lines, ...accounts.map((line) => `${line} --password-stdin`), 'shell -e Post.objects.count()'])(
    'core %s says which command makes them',
    async (line) => {
      const url = process.env['DATABASE_URL'];
      process.env['DATABASE_URL'] = `sqlite://${join(folder, 'empty.db')}`;
      try {
        const answer = await core(line, { input: 'correct horse battery' });
        expect([line, answer]).toMatchObject([line, { code: 1, err: expect.stringContaining('core migrate') }]);
      } finally {
        process.env['DATABASE_URL'] = url;
      }
    },
  );
});

describe('in production', () => {
  const destructive = [
    'db fresh --yes',
    'reset_db --yes',
    'db seed',
    'db load FOLDER/empty.json',
    'db rollback --yes',
    'migrate zero --yes',
    'topics delete news --yes',
    'dlq purge group topic --yes',
  ];
  test.each(destructive)('core %s is refused unless it is forced', async (line) => {
    if (!redis) return;
    writeFileSync(join(folder, 'empty.json'), '[]');
    Object.assign(process.env, {
      ENVIRONMENT: 'production',
      SECRET_KEY: 'Zq8mP2xV7nL4kR9tW3yB6cH1dF5gJ0sA',
    });
    try {
      if (line.startsWith('topics')) await core('topics create news');
      expect([line, await core(line)]).toMatchObject([
        line,
        { code: 1, err: expect.stringContaining('[CLI_REFUSED_IN_PRODUCTION]') },
      ]);
    } finally {
      if (line.startsWith('topics')) await core('topics delete news --yes --force');
      for (const name of ['ENVIRONMENT', 'SECRET_KEY']) delete process.env[name];
    }
  });
});

describe('at a terminal', () => {
  test('what destroys asks first, and no is an answer', async () => {
    expect(await core('db fresh', { keys: '\r' })).toMatchObject({ code: 1 });
    expect(await core('db fresh --json', { keys: 'y\r' })).toMatchObject({ code: 0 });
  });

  test.each(['db fresh', 'createsuperuser', 'init', 'init FOLDER/asked'])(
    'Ctrl-C at a question of core %s ends with 130, and nothing was done',
    async (line) => {
      expect(await core(line, { keys: '\x03' })).toMatchObject({ code: 130, out: '' });
      expect(existsSync(join(folder, 'asked'))).toBe(false);
    },
  );

  test('somebody who watches is told each step; a program that asks for JSON is not', async () => {
    const { err } = await core('db fresh --yes --seed', { keys: '' });
    expect(err).toMatch(/Dropping all tables …\n(?:Applying \S+ …\n)+(?:Seeding \w+ …\n)+/);
    expect((await core('db dump User -o FOLDER/users.json', { keys: '' })).err).toMatch(/Read User: \d+ rows\n/);
    expect((await core('db load FOLDER/users.json', { keys: '' })).err).toMatch(/Stored User: \d+ rows\n/);
    for (const line of ['db fresh --yes --json', 'init FOLDER/told --yes --no-install --json']) {
      expect(await core(line, { keys: '' })).toMatchObject({ code: 0, err: '' });
    }
  });

  test('scripts are spared it', async () => {
    expect((await core('db fresh --yes')).err).toBe('');
  });
});
