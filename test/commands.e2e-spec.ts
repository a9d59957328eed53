import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCore } from '@core-framework/cli';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisServer } from './reliability/brokers/redis-server.js';
import { scratchRedis } from './support/redis.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AWAY = 'postgresql://ann:hunter22@127.0.0.1:1/shop';

/** A command with a line that ends well, and wrong ones that end with 2, or with the code that stands in front. */
interface Exercise {
  readonly right: string;
  readonly wrong: readonly (string | readonly [code: number, line: string])[];
  /** What is piped in. */
  readonly input?: string;
}

/** On the sample; the database is one of its own, and what would write files says what it would write. */
const EXERCISES: Readonly<Record<string, Exercise>> = {
  migrate: { right: 'migrate', wrong: ['migrate zero --rollback', [1, 'migrate 0099_nothing']] },
  init: { right: 'init FOLDER/shop --yes --no-install --no-git --json', wrong: ['init --db oracle', [1, 'init Shop']] },
  routes: { right: 'routes --path posts --json', wrong: ['routes --methods GET'] },
  check: { right: 'check --json', wrong: ['check now', [1, 'check --deploy']] },
  doctor: { right: 'doctor --json', wrong: ['doctor --fix'] },
  config: { right: 'config DATABASE --json', wrong: ['config one two'] },
  docs: { right: 'docs orm --usage', wrong: ['docs orms'] },
  shell: { right: 'shell -e 1+1', wrong: [[1, 'shell -e nothing.at.all'], 'shell --evil'] },
  makemigrations: {
    right: 'makemigrations --check',
    wrong: ['makemigrations x', 'makemigrations --nmae x'],
  },
  showmigrations: { right: 'showmigrations --json', wrong: ['showmigrations --database nowhere'] },
  sqlmigrate: { right: 'sqlmigrate 0001_initial --json', wrong: ['sqlmigrate', [1, 'sqlmigrate 0099_nothing']] },
  squashmigrations: {
    right: 'squashmigrations 0001_initial 0002_add_posts_views_count_index --dry-run --json',
    wrong: ['squashmigrations 0001_initial', [1, 'squashmigrations 0001_initial 0099_nothing --dry-run']],
  },
  'db rollback': { right: 'db rollback --plan --json', wrong: ['db rollback --steps none', [1, 'db rollback']] },
  createsuperuser: {
    right: 'createsuperuser --email root@example.com --field name=Root --password-stdin --json',
    wrong: ['createsuperuser --email nobody', [1, 'createsuperuser']],
    input: 'correct horse battery',
  },
  changepassword: {
    right: 'changepassword root@example.com --password-stdin --json',
    wrong: [
      'changepassword',
      'changepassword nobody@example.com --password-stdin',
      [1, 'changepassword root@example.com'],
    ],
    input: 'another horse entirely',
  },
  'db seed': { right: 'db seed --list --json', wrong: ['db seed --count few', [1, 'db seed Nobody']] },
  'db dump': { right: 'db dump User -o FOLDER/users.json', wrong: ['db dump Usr'] },
  'db load': { right: 'db load FOLDER/users.json --json', wrong: ['db load', 'db load FOLDER/nowhere.json'] },
  topics: { right: 'topics --json', wrong: ['topics --jsn'] },
  'topics list': { right: 'topics list --json', wrong: ['topics list all'] },
  'topics create': {
    right: 'topics create news --json',
    wrong: ['topics create', 'topics create news --partitions few'],
  },
  'topics delete': {
    right: 'topics delete news --yes --json',
    wrong: ['topics delete', [1, 'topics delete nowhere --yes']],
  },
  events: { right: 'events --json', wrong: ['events post.created'] },
  'outbox status': { right: 'outbox status --json', wrong: ['outbox stauts'] },
  'outbox retry': { right: 'outbox retry --json', wrong: ['outbox retry --all'] },
  'dlq list': { right: 'dlq list --json', wrong: ['dlq list --limit none'] },
  'dlq show': { right: 'dlq --json', wrong: ['dlq show one', [1, 'dlq show group topic nowhere']] },
  'dlq replay': { right: 'dlq replay group topic --json', wrong: ['dlq replay group'] },
  'dlq purge': { right: 'dlq purge group topic --yes --json', wrong: ['dlq purge', [1, 'dlq purge group topic']] },
  'tasks list': { right: 'tasks --json', wrong: ['tasks list all'] },
  'tasks run': {
    right: 'tasks run PERIODIC --json',
    wrong: ['tasks run', 'tasks run Nobody.nothing', 'tasks run PERIODIC {}'],
  },
  'tasks show': { right: 'tasks list', wrong: ['tasks show', 'tasks show 0198f3a2-0000-7000-8000-000000000000'] },
  'tasks failed': { right: 'tasks failed --json', wrong: ['tasks failed --limit 0'] },
  'tasks retry': { right: 'tasks retry --json', wrong: ['tasks retry --all'] },
  'tasks pause': { right: 'tasks pause PERIODIC --json', wrong: ['tasks pause', [1, 'tasks pause Nobody.nothing']] },
  'tasks resume': {
    right: 'tasks resume PERIODIC --json',
    wrong: ['tasks resume', [1, 'tasks resume Nobody.nothing']],
  },
  list: { right: 'list --json', wrong: ['list all'] },
  ...Object.fromEntries(
    ['docker', 'compose', 'pm2', 'k8s', 'systemd', 'all'].map((target) => [
      `deploy ${target}`,
      { right: `deploy ${target} --out docker --dry-run --json`, wrong: [`deploy ${target} --db oracle`] },
    ]),
  ),
  'db fresh': { right: 'db fresh --yes --json', wrong: [[1, 'db fresh'], 'db fresh --sead'] },
  reset_db: { right: 'reset_db --yes --json', wrong: [[1, 'reset_db'], 'reset_db everything'] },
};

/** Run until they are told to stop: the processes of other suites are theirs. Here they are asked for what is wrong. */
const SERVING: Readonly<Record<string, readonly string[]>> = {
  run: ['run --port high'],
  worker: ['worker --concurrency 0', 'worker --health 99999'],
  scheduler: ['scheduler --queue x'],
  consumer: ['consumer --health none'],
};

let folder: string;
let periodic = '';
/** Keeps topics from one command to the next; a broker in memory does not. */
let redis: RedisServer | undefined;
const home = process.cwd();
const env = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'core-commands-'));
  Object.assign(process.env, {
    DATABASE_URL: `sqlite://${join(folder, 'app.db')}`,
    AUTH_PASSWORD_HASHER: 'scrypt',
    SEED_WHEN_EMPTY: 'false',
    LOG_LEVEL: 'error',
    PORT: '0',
    HOST: '127.0.0.1',
  });
  for (const name of ['ENVIRONMENT', 'CI', 'REDIS_URL', 'MESSAGE_BROKER']) delete process.env[name];
  redis = await scratchRedis();
  if (redis) Object.assign(process.env, { MESSAGE_BROKER: 'redis', REDIS_URL: redis.url });
  await core('migrate');
  const { tasks } = JSON.parse((await core('tasks list --json')).out) as { tasks: { name: string; timing?: string }[] };
  periodic = tasks.find(({ timing }) => timing !== undefined)?.name ?? '';
});

afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  process.env = env;
  rmSync(folder, { recursive: true, force: true });
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
    if (keys === undefined || isPressed || !/Go on\?|address:/.test(said.err)) return;
    isPressed = true;
    // Who asks listens once the question is shown.
    setImmediate(() => stdin.write(keys));
  });
  if (!isTTY) stdin.end(input);
  const streams = { stdin, stdout: Object.assign(out, { isTTY }), stderr: Object.assign(err, { isTTY }) };
  const words = line.replaceAll('FOLDER', folder).replaceAll('PERIODIC', periodic).split(' ');
  try {
    const code = await runCore(words, { folder: ROOT, streams: streams as never });
    // What was written last is heard in the next turn.
    await new Promise(setImmediate);
    return { code, ...said };
  } finally {
    process.chdir(home);
  }
}

test('every command of the list is exercised', async () => {
  const { out } = await core('list --json');
  const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
  const known = new Set([...Object.keys(EXERCISES), ...Object.keys(SERVING)]);
  const generators = names.filter((name) => name.startsWith('g '));
  expect(generators.length).toBeGreaterThan(10);
  expect(names.filter((name) => !known.has(name) && !name.startsWith('g '))).toEqual([]);
  for (const name of generators) {
    expect([name, (await core(`${name} --no-such-option`)).code]).toEqual([name, 2]);
    if (name !== 'g migration') expect([name, await core(name)]).toMatchObject([name, { code: 2 }]);
  }
});

test.each(Object.entries(EXERCISES))(
  'core %s does what it is told, and says what is wrong',
  async (_, exercise) => {
    const { code, out, err } = await core(exercise.right, exercise);
    expect([exercise.right, code, code === 0 ? '' : `${out}${err}`]).toEqual([exercise.right, 0, '']);
    if (exercise.right.endsWith('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow();
    for (const each of exercise.wrong) {
      const [wanted, line] = typeof each === 'string' ? [2, each] : each;
      const wrong = await core(line, exercise);
      expect([line, wrong.code]).toEqual([line, wanted]);
      // It says what to do, and no stack.
      expect(wrong.err + wrong.out).toMatch(/\S/);
      expect(wrong.err).not.toMatch(/^ {4}at /m);
    }
  },
  60_000,
);

test.each(Object.entries(SERVING))('core %s refuses what it does not understand', async (_, lines) => {
  for (const line of lines) expect([line, await core(line)]).toMatchObject([line, { code: 2 }]);
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

  test.each(['db fresh', 'createsuperuser'])('Ctrl-C at a question of core %s ends with 130', async (line) => {
    expect(await core(line, { keys: '\x03' })).toMatchObject({ code: 130 });
  });
});
