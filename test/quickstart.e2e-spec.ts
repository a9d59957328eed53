import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { NewProject } from './support/new-project.js';
import { ServingProcess } from './support/serving-process.js';
import { SourceProcess } from './support/source-process.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

let example: SourceProcess | undefined;
afterEach(() => example?.[Symbol.asyncDispose]());

test('the example of the README stands there as it is', () => {
  expect(read('README.md')).toContain(read('examples/notes.ts').trim());
});

test('the example of events stands there as it is, but for the module around it', () => {
  const example = read('examples/events.ts');
  const shown = example.slice(example.indexOf('@ViewSet('), example.indexOf('@Module(')).trim();
  expect(read('README.md')).toContain(shown);
});

test('in the example of events what is shared is counted', async () => {
  example = new SourceProcess('examples/events.ts', { DATABASE_URL: 'sqlite://:memory:', RATE_LIMIT_ENABLED: 'false' });
  const notes = `${await example.url()}/api/v1/notes`;
  const post = async (address: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { id: number; shares: number };
  };
  const { id } = await post(notes, { text: 'Buy milk.' });
  for (let time = 0; time < 3; time++) await post(`${notes}/${id}/share`, {});
  const shares = async () => ((await (await fetch(`${notes}/${id}`)).json()) as { shares: number }).shares;
  while ((await shares()) < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await shares()).toBe(3);
});

test('the example of the README runs', async () => {
  example = new SourceProcess('examples/notes.ts', { DATABASE_URL: 'sqlite://:memory:' });
  const notes = `${await example.url()}/api/v1/notes`;
  const created = await fetch(notes, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Buy milk.' }),
  });
  expect(created.status).toBe(201);
  const page = (await (await fetch(notes)).json()) as { results: object[] };
  expect(page.results).toEqual([await created.json()]);
  expect(
    (await fetch(notes, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status,
  ).toBe(400);
});

test('the example of the README runs as the main.ts of a new project', async () => {
  using project = await NewProject.create({ auth: false, messaging: undefined, tasks: false });
  project.write('src/main.ts', read('examples/notes.ts'));
  const server = project.serve();
  try {
    const answer = await fetch(`${await server.url()}/api/v1/notes`);
    expect([answer.status, await answer.json()]).toMatchObject([200, { count: 0 }]);
  } finally {
    server.kill('SIGTERM');
    expect(await server.exit).toBe(0);
  }
}, 300_000);

test('what the README says of this repository starts the sample', async () => {
  expect(read('README.md')).toContain('```sh\nnpm install && npm start\n```');
  const place = {
    cwd: new URL('..', import.meta.url).pathname,
    env: { ...process.env, DATABASE_URL: 'sqlite://:memory:' },
  };
  await using sample = new ServingProcess('npm', ['start'], place);
  const posts = await fetch(`${await sample.url()}/api/v1/posts`);
  expect(posts.status).toBe(200);
}, 300_000);
