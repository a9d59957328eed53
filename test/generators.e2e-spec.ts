import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Generator, NewProject } from './support/new-project.js';
import { ProcessWatch } from './support/process-watch.js';
import { callSixRoutes, SIX_SUCCESSES } from './support/six-routes.js';

const ARTICLE =
  'title:string:required,max:200 price:money:ge:0 status:enum(draft|live):default:draft,index paper:file:nullable ' +
  'published_at:datetime:nullable slug:slug:from:title,unique author:belongsTo:User tags:manyToMany:User:inverse:tagged';

/** One of each that makes a single class, and every part of a model on its own. */
const SMALL: readonly Generator[] = [
  ['core-model', { name: 'Category', fields: ['name:string:max:50,unique', 'note:text:nullable'], migration: false }],
  ['core-factory', { name: 'Category' }],
  ['core-repository', { name: 'Category' }],
  ['core-service', { name: 'Category' }],
  ['core-seeder', { name: 'Category' }],
  ['core-viewset', { name: 'Category', protected: true, public: true }],
  ['core-test', { name: 'Category' }],
  ['core-model', { name: 'Category', fields: ['rank:integer:default:0'], migration: false }],
  ['core-migration', { name: 'create_categories' }],
  ['core-enum', { name: 'Status', values: ['active', 'on-hold'] }],
  ['core-exception', { name: 'PaymentFailed', status: 402 }],
  ['core-permission', { name: 'IsVerified' }],
  [
    'core-event',
    { name: 'UserJoined', fields: ['id:integer', 'email:email', 'plan:enum(free|pro):nullable', 'at:datetime'] },
  ],
  ['core-consumer', { name: 'Welcome', group: 'welcome', topics: ['user-events'], events: ['user.joined', 'user.*'] }],
  ['core-task', { name: 'SendEmail', queue: 'emails', retry: 5 }],
  ['core-middleware', { name: 'Logging' }],
  ['core-middleware', { name: 'Timing' }],
];

let project: NewProject;
beforeAll(async () => {
  project = await NewProject.create();
}, 600_000);
afterAll(() => project[Symbol.dispose]());

test('the commands that the README begins with make a resource', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [create, enter, generate, start] = /## Install\n\n```sh\n(.*?)\n```/s.exec(readme)?.[1]?.split('\n') ?? [];
  // The project is there, and started below.
  expect([create, enter, start]).toEqual(['npm create core-app@latest blog -- --yes', 'cd blog', 'npm start']);
  expect(project.run(generate ?? '')).toContain('create table posts');
}, 600_000);

test('nest g makes resources, with fields and without, and their migrations', () => {
  expect(project.run('nest g core-resource Product')).toContain('create table products');
  expect(project.run(`nest g core-resource Article --type '${ARTICLE}'`)).toContain('create table articles');
}, 600_000);

test('every other generator does its work beside them', () => {
  const said = project.generate(SMALL);
  expect(said).toContain('  create table categories');
  expect(said.filter((line) => line.includes('could not'))).toEqual([]);
}, 600_000);

test('what they made compiles, lints, is formatted and passes its own tests', () => {
  project.compile();
  project.lint();
  expect(project.test()).toMatch(/Test Suites: \d+ passed, \d+ total/);
}, 600_000);

test('made again, everything stays, and what was edited is kept', () => {
  project.run('git add --all');
  const service = 'src/products/product.service.ts';
  project.write(service, `${project.read(service)}// Mine.\n`);
  project.run('git add --all');
  expect(project.run('nest g core-resource Product')).toContain(`KEPT ${service}`);
  expect(project.run(`nest g core-resource Article --type '${ARTICLE}'`)).toContain('Nothing to be done.');
  const again = SMALL.filter(([, { fields }]) => !String(fields).startsWith('rank'));
  expect(project.generate(again).filter((line) => /^(?:CREATE|UPDATE)/.test(line))).toEqual([]);
  expect(
    project
      .run('git status --porcelain')
      .split('\n')
      .filter((line) => !line.startsWith('A ')),
  ).toEqual(['']);
}, 600_000);

test('all six routes of it are served', async () => {
  await using server = project.serve({ LOG_LEVEL: 'DEBUG', DB_ECHO: 'true' });
  const watch = new ProcessWatch();
  const api = `${await server.url()}/api/v1`;
  const account = JSON.stringify({ email: 'ann@example.com', password: 'correct horse battery' });
  const headers = { 'content-type': 'application/json' };
  expect((await watch.fetch(`${api}/auth/register`, { method: 'POST', headers, body: account })).status).toBe(201);
  const signedIn = await watch.fetch(`${api}/auth/login`, { method: 'POST', headers, body: account });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const authorized = { authorization: `Bearer ${token}` };
  const post = { body: { title: 'First', body: 'Text' }, change: { title: 'Second' }, headers: authorized };
  expect(await callSixRoutes({ url: `${api}/posts`, ...post })).toEqual(SIX_SUCCESSES);
  const product = { body: { name: 'First' }, change: { name: 'Second' }, headers: authorized };
  expect(await callSixRoutes({ url: `${api}/products`, ...product })).toEqual(SIX_SUCCESSES);
  server.kill('SIGTERM');
  expect(await server.exit).toBe(0);
  await watch.searchLeavings({ printed: { server: server.output }, databases: [project.database] });
}, 600_000);
