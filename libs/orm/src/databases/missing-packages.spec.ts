import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Runs in a process of its own, in which Node finds neither of the optional clients. */
const CONNECT = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve: (name, context, next) =>
    next(/^(mysql2|@electric-sql\\/pglite)$/.test(name) ? name + '-that-nobody-installed' : name, context),
});
const { parseDatabaseUrl } = await import(${at('./database-url.ts')});
const { createDriverOptions } = await import(${at('./driver-options.ts')});
const { code, message, fix } = await createDriverOptions(parseDatabaseUrl(process.argv[1])).catch((error) => error);
console.log(JSON.stringify({ code, message, fix }));
`;

test.each([
  ['mariadb://root@127.0.0.1:3306/app', 'MariaDB', 'npm install @mikro-orm/mariadb'],
  ['mysql://root@127.0.0.1:3306/app', 'MySQL', 'mysql2@'],
  ['pglite://memory', 'PGlite', '@electric-sql/pglite@'],
])('without its client, %s is refused with what to install', async (url, database, install) => {
  const loader = ['--conditions=@core-framework/source', '--import'].concat(
    new URL('../../../../scripts/source-loader.mjs', import.meta.url).href,
  );
  const options = { cwd: new URL('../../../../', import.meta.url), env: { ...process.env, NODE_OPTIONS: '' } };
  const { stdout } = await run(process.execPath, [...loader, '--input-type=module', '-e', CONNECT, url], options);
  expect(JSON.parse(stdout)).toEqual({
    code: 'DATABASE_PACKAGE_MISSING',
    message: expect.stringContaining(database),
    fix: expect.stringContaining(install),
  });
});
