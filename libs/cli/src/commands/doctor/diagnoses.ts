import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { DATABASE, type Database, MigrationService } from '@core-framework/orm';
import type { AssembledApplication } from '../../project/assembled-application.js';
import type { Project } from '../../project/project.js';

/** What was looked at, and how it is. */
export interface Diagnosis {
  /** Stable, for tools: `DOCTOR_DATABASE`. */
  readonly code: string;
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly finding: string;
  /** What to change, where something is to be changed. */
  readonly fix?: string;
}

const ok = (code: string, name: string, finding: string): Diagnosis => ({ code, name, status: 'ok', finding });

export function nodeVersion(): Diagnosis {
  return ok('DOCTOR_NODE', 'Node', process.versions.node);
}

/** Which packages of a scope are released together. */
const FAMILIES: Readonly<Record<'@mikro-orm' | '@nestjs', (name: string) => boolean>> = {
  '@nestjs': (name) => ['common', 'core', 'platform-fastify', 'microservices', 'testing'].includes(name),
  '@mikro-orm': (name) => name !== 'nestjs',
};

/** Packages of one family work only in one version: MikroORM refuses others, Nest mixes up its tokens. */
export function oneVersion(
  { folder }: Project,
  scope: '@mikro-orm' | '@nestjs',
  precision: 'exact' | 'major',
): Diagnosis {
  const code = scope === '@nestjs' ? 'DOCTOR_NESTJS' : 'DOCTOR_MIKRO_ORM';
  const versions = new Map<string, string[]>();
  for (const [name, version] of installed(folder, scope)) {
    if (!FAMILIES[scope](name)) continue;
    const key = precision === 'major' ? (version.split('.', 1)[0] ?? version) : version;
    versions.set(key, [...(versions.get(key) ?? []), name]);
  }
  const [only] = versions.keys();
  if (versions.size === 1 && only !== undefined) return ok(code, scope, only);
  if (versions.size === 0) {
    return {
      code,
      name: scope,
      status: 'error',
      finding: 'not installed',
      fix: 'Install the packages of the project: npm install.',
    };
  }
  const told = [...versions].map(([version, names]) => `${version} (${names.join(', ')})`).join(' beside ');
  return { code, name: scope, status: 'error', finding: told, fix: `Bring all packages of ${scope} to one version.` };
}

function installed(folder: string, scope: string): (readonly [name: string, version: string])[] {
  const path = join(folder, 'node_modules', scope);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => {
    const manifest = join(path, name, 'package.json');
    if (!existsSync(manifest)) return [];
    return [[name, (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version] as [string, string]];
  });
}

export function generators({ folder }: Project): Diagnosis {
  const configuration = join(folder, 'nest-cli.json');
  if (!existsSync(configuration)) return ok('DOCTOR_GENERATORS', 'Generators', 'no nest-cli.json');
  const { collection = '@nestjs/schematics' } = JSON.parse(readFileSync(configuration, 'utf8')) as {
    collection?: string;
  };
  try {
    createRequire(configuration).resolve(`${collection}/package.json`);
    return ok('DOCTOR_GENERATORS', 'Generators', collection);
  } catch {
    const fix = `Install ${collection}, or take it out of nest-cli.json: every "nest" command fails without it.`;
    return {
      code: 'DOCTOR_GENERATORS',
      name: 'Generators',
      status: 'error',
      finding: `${collection} is not installed`,
      fix,
    };
  }
}

export function secretKey({ settings }: AssembledApplication): Diagnosis {
  const isSet =
    Boolean(process.env['SECRET_KEY']) || (existsSync('.env') && /^SECRET_KEY=\S/m.test(readFileSync('.env', 'utf8')));
  if (isSet || settings.isProduction) return ok('DOCTOR_SECRET_KEY', 'SECRET_KEY', 'set');
  const fix = 'Set SECRET_KEY in .env, so that tokens outlive a restart.';
  return { code: 'DOCTOR_SECRET_KEY', name: 'SECRET_KEY', status: 'warning', finding: 'random in every process', fix };
}

export async function database(application: AssembledApplication): Promise<Diagnosis> {
  const found = application.find<Database>(DATABASE);
  if (!found) return ok('DOCTOR_DATABASE', 'Database', 'none');
  const check = await found.orm.driver.getConnection().checkConnection();
  if (check.ok) return ok('DOCTOR_DATABASE', 'Database', found.description);
  return {
    code: 'DOCTOR_DATABASE',
    name: 'Database',
    status: 'error',
    finding: check.reason,
    fix: 'Start the server, or correct DATABASE_URL.',
  };
}

export async function migrations(application: AssembledApplication): Promise<Diagnosis> {
  const service = application.find<MigrationService>(MigrationService);
  if (!service) return ok('DOCTOR_MIGRATIONS', 'Migrations', 'none');
  const pending = await service.pending();
  if (!pending.length) return ok('DOCTOR_MIGRATIONS', 'Migrations', 'all applied');
  const fix = 'Run "core migrate".';
  return {
    code: 'DOCTOR_MIGRATIONS',
    name: 'Migrations',
    status: 'warning',
    finding: `${pending.length} pending: ${pending.join(', ')}`,
    fix,
  };
}

export async function port({ settings: { host, port: number } }: AssembledApplication): Promise<Diagnosis> {
  const server = createServer().listen(number, host);
  try {
    await once(server, 'listening');
    return ok('DOCTOR_PORT', 'Port', `${number} is free`);
  } catch {
    return {
      code: 'DOCTOR_PORT',
      name: 'Port',
      status: 'warning',
      finding: `${number} is in use`,
      fix: 'Stop what uses it, or set PORT.',
    };
  } finally {
    server.close();
  }
}
