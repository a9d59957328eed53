import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CoreSettings, describeSettings } from '@core-framework/config';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

interface Service {
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly networks: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly depends_on?: object;
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly external?: boolean; readonly name?: string }>>;
}

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'docker/microservices');
const FILES = ['network.yml', 'user-api.yml', 'order-api.yml'];
const read = (file: string) =>
  parse(readFileSync(join(FOLDER, file), 'utf8'), { merge: true, strict: true, uniqueKeys: true }) as Compose;

/** Settings of the services' own, which are no part of the framework's. */
const OWN_SETTINGS = new Set(['USER_API_URL']);

function compileSchema() {
  const lint = createRequire(import.meta.url).resolve('dclint/package.json');
  const ajv = new Ajv({ allowUnionTypes: true, strict: false, allErrors: true, validateSchema: false });
  for (const name of ['ports', 'expose', 'duration', 'subnet_ip_address']) ajv.addFormat(name, true);
  return ajv.compile(JSON.parse(readFileSync(join(dirname(lint), 'schemas/compose.schema.json'), 'utf8')) as object);
}

describe('the files of the two services in containers', () => {
  const fits = compileSchema();
  const all = Object.fromEntries(FILES.flatMap((file) => Object.entries(read(file).services)));
  const variables = new Set(describeSettings(CoreSettings).map(({ variable }) => variable));

  test.each(FILES)('%s fits the schema of compose', (file) => {
    const isValid = fits(read(file));
    expect(isValid || fits.errors).toBe(true);
  });

  test('hold two APIs on their ports, a consumer beside each, and what they share', () => {
    expect(Object.keys(all)).toEqual(['redis', 'db', 'user-api', 'user-consumer', 'order-api', 'order-consumer']);
    expect([all['user-api']?.ports, all['order-api']?.ports]).toEqual([['8001:8000'], ['8002:8000']]);
    for (const { networks, healthcheck } of Object.values(all)) {
      expect(networks).toEqual(['microservices']);
      expect(healthcheck).toBeDefined();
    }
    expect(read('network.yml').networks['microservices']?.name).toBe('microservices');
    for (const file of FILES.slice(1)) expect(read(file).networks['microservices']?.external).toBe(true);
  });

  test('start programs that are there, with settings that there are, and reach each other', () => {
    for (const [name, { build, command, environment = {}, depends_on = {} }] of Object.entries(all)) {
      for (const other of Object.keys(depends_on)) expect(all).toHaveProperty([other]);
      if (!build) continue;
      expect(existsSync(resolve(FOLDER, build.context, build.dockerfile))).toBe(true);
      const [, app = '', program = ''] = /^dist\/(apps\/[\w-]+)\/([\w.]+)\.js$/.exec(command?.[1] ?? '') ?? [];
      expect([name, existsSync(join(ROOT, app, 'src', `${program}.ts`))]).toEqual([name, true]);
      for (const [variable, value] of Object.entries(environment)) {
        expect([name, variable, variables.has(variable) || OWN_SETTINGS.has(variable)]).toEqual([name, variable, true]);
        if (/KEY$|PASSWORD/.test(variable)) expect(value).toMatch(/^\$\{\w+:\?/);
        const host = /:\/\/(?:[^@/]*@)?(?<host>[\w-]+):\d+/.exec(value)?.groups?.['host'];
        if (host) expect([name, variable, host in all]).toEqual([name, variable, true]);
      }
    }
  });
});
