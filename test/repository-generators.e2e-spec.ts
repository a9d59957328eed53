import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RepositoryCopy } from './support/repository-copy.js';
import { callSixRoutes, SIX_SUCCESSES } from './support/six-routes.js';

const PRODUCT = 'nest g core-resource Product -p api --type "name:string:max:100 price:money:ge:0"';

let repository: RepositoryCopy;
beforeAll(() => {
  repository = new RepositoryCopy();
}, 300_000);
afterAll(() => repository[Symbol.dispose]());

test('a resource that is there is kept, and what it lacks is made', () => {
  const said = repository.run('nest g core-resource Post -p api');
  for (const part of ['model', 'schemas', 'viewset'])
    expect(said).toContain(`KEPT apps/blog/src/posts/post.${part}.ts`);
  expect(said).toContain('CREATE apps/blog/src/posts/post.service.ts');
  expect(said).not.toContain('_posts');
}, 300_000);

test('where nobody can say which project is meant, nothing is done', () => {
  expect(() => repository.run('nest g core-resource Post < /dev/null')).toThrow(/ended with 1:[^]*Which project/);
}, 300_000);

test('at a terminal Enter chooses the project, and Enter leaves the fields as they are', async () => {
  // The program that makes a terminal takes other words elsewhere.
  if (process.platform !== 'linux') return;
  const questions = [/Which project/, /Which fields/];
  const said = await repository.runAtTerminal('nest g core-resource Post', questions);
  expect(said).toContain('KEPT apps/blog/src/posts/post.model.ts (Post has all its fields)');
  expect(said).toContain('Nothing to be done.');
}, 300_000);

test('a further application is made like the first one', () => {
  const said = repository.run('core g app admin');
  for (const file of ['src/main.ts', 'src/app.module.ts', 'package.json', 'tsconfig.build.json']) {
    expect(said).toContain(`CREATE apps/admin/${file}`);
  }
  expect(repository.run('core g app admin')).not.toMatch(/^(?:CREATE|UPDATE)/m);
}, 300_000);

test('a new one is made with its migration', () => {
  expect(repository.run(PRODUCT)).toContain('create table products');
}, 300_000);

test('the second run changes nothing', () => {
  for (const line of ['nest g core-resource Post -p api', PRODUCT]) {
    expect(repository.run(line)).toContain('Nothing to be done.');
  }
}, 300_000);

test('everything compiles, lints, is formatted and passes the test that was made', () => {
  const include = ['apps/admin/src', 'apps/api/src', 'apps/blog/src', 'test/products.e2e-spec.ts'];
  repository.write('tsconfig.made.json', JSON.stringify({ extends: './tsconfig.json', include }));
  repository.run('tsc -p tsconfig.made.json');
  repository.run('oxlint --type-aware apps/admin apps/api apps/blog test/products.e2e-spec.ts');
  repository.run('prettier --check nest-cli.json apps/admin apps/api apps/blog test/products.e2e-spec.ts');
  expect(repository.run('npm run test:e2e -- --runInBand test/products')).toContain('1 passed, 1 total');
}, 600_000);

test('all six routes of it are served', async () => {
  const server = repository.start({ DATABASE_URL: 'sqlite://:memory:' });
  try {
    const api = `${await server.url()}/api/v1`;
    const account = { email: 'ada@example.com', password: 'Development1' };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${api}/auth/login`, { method: 'POST', headers, body: JSON.stringify(account) });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const statuses = await callSixRoutes({
      url: `${api}/products`,
      body: { name: 'Fern', price: '9.50' },
      change: { name: 'Moss' },
      headers: { authorization: `Bearer ${token}` },
    });
    expect(statuses).toEqual(SIX_SUCCESSES);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}, 300_000);
