import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ScratchProject } from './testing/scratch-project.js';

let project: ScratchProject;

beforeAll(() => {
  project = new ScratchProject();
});

afterAll(() => project[Symbol.dispose]());

const migrations = () => readdirSync(join(project.folder, 'src', 'migrations')).sort();

/** A command that is expected to end well. */
async function core(line: string | readonly string[], input?: string): Promise<string> {
  const { code, out, err } = await project.core(line, input);
  if (code !== 0) throw new Error(`${code}: ${err}`);
  return out;
}

describe('a new project, from its first migration to its rows', () => {
  test('makemigrations writes what is missing, once', async () => {
    expect(await project.core('makemigrations --check')).toMatchObject({ code: 1 });
    expect(await core('makemigrations')).toContain('create table products');
    expect(migrations()).toEqual(['0001_initial.ts']);
    expect(await core('makemigrations')).toBe('No changes: the migrations describe the models.\n');
    expect(await core('makemigrations --check --json')).toBe('null\n');
  });

  test('what needs tables that are not there says how to make them', async () => {
    for (const line of ['createsuperuser --email ann@example.com --password-stdin', 'db seed', 'db dump']) {
      const { code, err } = await project.core(line, 'correct horse battery');
      expect([line, code, err]).toEqual([
        line,
        1,
        expect.stringMatching(/^The database has no table "\w+"\.\n.*core migrate/),
      ]);
    }
  });

  test('check tells what is pending, and that all is well afterwards', async () => {
    const { code, out } = await project.core('check --json');
    expect([code, JSON.parse(out)]).toMatchObject([1, [{ code: 'ORM_PENDING_MIGRATION', level: 'error' }]]);
    expect(await core('check --no-database')).toBe('No problems found.\n');
    expect(await core('migrate --plan --sql')).toContain('create table `products`');
    expect(await core('showmigrations')).toBe('[ ] 0001_initial\n');
    expect(await core('migrate')).toBe('Applied 0001_initial\n');
    expect(await core('migrate')).toBe('Nothing is pending.\n');
    expect(await core('check')).toBe('No problems found.\n');
    expect(JSON.parse(await core('showmigrations --json'))).toMatchObject([{ name: '0001_initial', isApplied: true }]);
  });

  test('check names what production would suffer from', async () => {
    const { code, out } = await project.core('check --deploy');
    expect(code).toBe(1);
    expect(out).toMatch(/^ERROR ENVIRONMENT: .*\n {2}Set ENVIRONMENT=production\. \[DEPLOY_ENVIRONMENT\]$/m);
    process.env['SILENCED_CHECKS'] =
      'DEPLOY_ENVIRONMENT,DEPLOY_EMBEDDED_DATABASE,DEPLOY_LOG_FORMAT,DEPLOY_TRUST_PROXY,AUTH_LOCAL_LINKS';
    expect(await core('check --deploy')).toBe('No problems found.\n');
    delete process.env['SILENCED_CHECKS'];
  });

  test('db seed runs all seeders, or one with a count', async () => {
    expect(await core('db seed --list')).toBe('Product\n');
    expect(await core('db:seed')).toBe('Seeded Product.\n');
    expect(await core('db:seed --seeder Product --count 5')).toBe('Seeded Product.\n');
    expect(await core('shell -e Product.objects.count()')).toBe('5\n');
    expect(await project.core('db seed Nobody')).toMatchObject({ code: 1, err: expect.stringContaining('Product') });
    expect(await project.core('db seed --count many')).toMatchObject({ code: 2 });
  });

  test('dump and load carry rows over', async () => {
    expect(await core(`db dump Product -o products.json`)).toBe('');
    expect(await core('db fresh --yes')).toBe('Applied 0001_initial\n');
    expect(await core('db load products.json')).toBe('Stored 5 rows of products.json.\n');
    expect((await core('db dump Product')).trim()).toBe(
      readFileSync(join(project.folder, 'products.json'), 'utf8').trim(),
    );
    expect(await project.core('db dump Produkt')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean "Product"?'),
    });
    expect(await project.core('db load nowhere.json')).toMatchObject({ code: 2 });
    project.write('broken.json', '[{"model":"Product","pk":1}]');
    expect(await project.core('db load broken.json')).toMatchObject({
      code: 1,
      err: expect.stringContaining('fields'),
    });
  });

  test('commands of the application stand beside ours', async () => {
    expect(await core('list')).toMatch(/^stock:report +Print what is in stock$/m);
    expect(await core('stock:report --min 4')).toBe('Product 4: 4\nProduct 5: 5\n');
    expect(await core(['stock:report', 'uct 4'])).toBe('Product 4: 4\n');
    expect(await project.core('stock:report --max 4')).toMatchObject({ code: 2 });
    expect(await core('stock:report --help')).toContain('products whose name contains it');
  });

  test('shell runs code that is piped in', async () => {
    const code = "const [first] = await Product.objects.orderBy('name').all();\nreturn first.name;";
    expect(await core('shell', code)).toBe('Product 1\n');
    expect(await core(['shell', '-e', 'settings'])).not.toContain('app.db');
    expect(await project.core(['shell', '-e', 'Produkt.objects'])).toMatchObject({ code: 1 });
  });

  test('routes tell what answers and who may call it', async () => {
    expect(await core('routes --path products --method get')).toMatch(
      /^GET +\/api\/v1\/products +ProductViewSet\.list +IsAuthenticatedOrReadOnly$/m,
    );
    expect(JSON.parse(await core('route:list --json'))).toContainEqual({
      verb: 'DELETE',
      path: '/api/v1/products/:id',
      handler: 'ProductViewSet.destroy',
      permissions: ['IsAuthenticatedOrReadOnly'],
      isOpen: false,
    });
  });

  test('config shows what is set and masks secrets', async () => {
    expect(await core('config --changed')).toMatch(/^AUTH_PASSWORD_HASHER +scrypt \*/m);
    expect(JSON.parse(await core('config --json'))).toMatchObject({ DATABASE_URL: '[secret]', SECRET_KEY: '[secret]' });
  });
});

describe('accounts', () => {
  const create = 'createsuperuser --email Ann@Example.com --password-stdin';

  test('createsuperuser takes the password from the pipe, by the rules for passwords', async () => {
    expect(await project.core(create, 'short')).toMatchObject({ code: 2, err: expect.stringContaining('short') });
    expect(await core(create, 'correct horse battery\n')).toBe('Created the superuser ann@example.com.\n');
    expect(await project.core(create, 'correct horse battery')).toMatchObject({ code: 2 });
    expect(await core('shell -e User.objects.filter({isSuperuser:true,isStaff:true}).count()')).toBe('1\n');
  });

  test('changepassword replaces it', async () => {
    expect(await core('changepassword ann@example.com --password-stdin', 'another horse entirely')).toContain(
      'new password',
    );
    const matches = (password: string) =>
      core(['shell', '-e', `(await User.objects.get({ email: 'ann@example.com' })).checkPassword('${password}')`]);
    expect([await matches('another horse entirely'), await matches('correct horse battery')]).toEqual([
      'true\n',
      'false\n',
    ]);
    expect(await project.core('changepassword nobody@example.com --password-stdin', 'x')).toMatchObject({ code: 2 });
  });

  test('nothing is asked where nobody can answer', async () => {
    for (const line of ['createsuperuser', 'createsuperuser --email eve@example.com', 'db fresh', 'migrate zero']) {
      expect([line, await project.core(line)]).toMatchObject([line, { code: 1, err: expect.stringContaining('--') }]);
    }
  });
});

describe('the way back', () => {
  test('migrations are undone by steps, to a target, or in the records alone', async () => {
    expect(await core('migrate zero --yes')).toBe('Undone 0001_initial\n');
    expect(JSON.parse(await core('migrate --json'))).toEqual({ applied: ['0001_initial'] });
    expect(JSON.parse(await core('db rollback --yes --json'))).toEqual({ undone: ['0001_initial'] });
    expect(await core('migrate --fake')).toBe('Recorded 0001_initial\n');
    expect(await core('migrate --rollback --fake --yes')).toBe('Undone 0001_initial\n');
    expect(await core('migrate')).toBe('Applied 0001_initial\n');
    expect(await core('sqlmigrate 0001_initial --backwards')).toContain('drop table');
    expect(await project.core('migrate 0007_nothing')).toMatchObject({ code: 1 });
    expect(await project.core('migrate 0001_initial --rollback')).toMatchObject({ code: 2 });
  });
});

describe('production', () => {
  test('what destroys or fills is refused unless it is forced', async () => {
    Object.assign(process.env, { ENVIRONMENT: 'production', SECRET_KEY: 'Zq8mP2xV7nL4kR9tW3yB6cH1dF5gJ0sA' });
    for (const line of ['db fresh --yes', 'reset_db --yes', 'db seed', 'db load products.json', 'db rollback --yes']) {
      expect([line, await project.core(line)]).toMatchObject([
        line,
        { code: 1, err: expect.stringContaining('[CLI_REFUSED_IN_PRODUCTION]') },
      ]);
    }
    expect(await core('db seed --force')).toBe('Seeded Product.\n');
    delete process.env['ENVIRONMENT'];
    delete process.env['SECRET_KEY'];
  });
});

describe('wrong command lines', () => {
  test('end with 2 and say what was meant', async () => {
    expect(await project.core('makemigration')).toMatchObject({
      code: 2,
      err: expect.stringContaining('makemigrations'),
    });
    expect(await project.core('routes --jsn')).toMatchObject({ code: 2, err: expect.stringContaining('--json') });
    expect(await project.core('sqlmigrate')).toMatchObject({ code: 2, err: expect.stringContaining('migration') });
    expect(await project.core('check -p nope')).toMatchObject({ code: 1, err: expect.stringContaining('nope') });
  });

  test('errors are JSON where JSON was asked for', async () => {
    const { err } = await project.core('db fresh --json');
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'CLI_QUESTION_NEEDED', fix: 'Say --yes to agree beforehand.' },
    });
    for (const [line, message, fix] of [
      ['sqlmigrate --json', 'migration', 'See --help.'],
      ['routes --jsn --json', '--jsn', 'Did you mean --json?'],
      ['routes --json --methods GET', '--methods', 'Did you mean --method?'],
    ] as const) {
      const { code, err: told } = await project.core(line);
      expect([line, code, JSON.parse(told)]).toEqual([
        line,
        2,
        { error: { code: 'CLI_USAGE', message: expect.stringContaining(message), fix } },
      ]);
    }
  });

  test('a database that is away is told of in one message', async () => {
    const url = process.env['DATABASE_URL'];
    process.env['DATABASE_URL'] = 'postgresql://ann:hunter22@127.0.0.1:1/shop';
    const { code, err } = await project.core('migrate');
    process.env['DATABASE_URL'] = url;
    expect(code).toBe(1);
    expect(err).toContain('DATABASE_URL');
    expect(err).not.toContain('hunter22');
  });

  test('every command has help with examples', async () => {
    const commands = JSON.parse(await core('list --json')) as { name: string; summary: string }[];
    expect(commands.length).toBeGreaterThan(15);
    for (const { name, summary } of commands) {
      const help = await core(`${name} --help`);
      expect(help).toMatch(/Examples:\n {2}\$ core /);
      expect(help.replaceAll(/\s+/g, ' ')).toContain(summary);
    }
  });
});
