/**
 * Proves that what would be published works for a stranger: packs every lib, lints the tarball (publint), installs all
 * of them into an empty project, type-checks the README examples there and runs them. Needs `npm run build` first.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { manifestOf, pack, PACKAGES as libs, ROOT as root } from './packages/packed-packages.js';

const project = mkdtempSync(join(tmpdir(), 'core-packages-'));
try {
  const tarballs = new Map<string, string>();
  for (const lib of libs) tarballs.set(...(await packAndLint(lib)));
  install(tarballs);
  typecheckExamples();
  runExamples();
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Packs one lib into the project's folder. */
async function packAndLint(folder: string): Promise<[name: string, tarball: string]> {
  const { name } = manifestOf(join(root, folder));
  const tarball = pack(folder, project);
  const { messages, pkg } = await publint({ pack: { tarball: toArrayBuffer(readFileSync(tarball)) }, strict: true });
  const problems = messages.map((message) => formatMessage(message, pkg));
  if (problems.length > 0) throw new Error(`publint of ${name}:\n${problems.join('\n')}`);
  console.log(`packed ${basename(tarball)}`);
  return [name, tarball];
}

/** Installs the tarballs, their peers and a compiler, the way a new project would. */
function install(tarballs: ReadonlyMap<string, string>): void {
  const own = manifestOf(root).devDependencies ?? {};
  const peers = Object.assign({}, ...libs.map((lib) => manifestOf(join(root, lib)).peerDependencies)) as Record<
    string,
    string
  >;
  const dependencies = {
    ...shownPackages(),
    ...peers,
    ...Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`])),
    typescript: own['typescript'],
    '@types/node': own['@types/node'],
  };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies }),
  );
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], project);
  console.log('installed into an empty project');
}

/** What examples import beside the packages and their peers: a reader installs it with them. */
function shownPackages(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const lib of libs) {
    const examples = join(root, lib, 'examples');
    const { devDependencies = {} } = manifestOf(join(root, lib));
    for (const file of existsSync(examples) ? readdirSync(examples).filter((name) => name.endsWith('.ts')) : []) {
      for (const [, name = ''] of readFileSync(join(examples, file), 'utf8').matchAll(
        /from '((?:@[^/']+\/)?[^/'.][^/']*)/g,
      )) {
        const version = devDependencies[name];
        if (version !== undefined && !name.startsWith('@core-framework/')) found[name] = version;
      }
    }
  }
  return found;
}

/** Compiles the examples against the published types, with no source condition and no workspace around. */
function typecheckExamples(): void {
  for (const lib of libs) {
    const examples = join(root, lib, 'examples');
    if (existsSync(examples)) cpSync(examples, join(project, 'src', basename(lib)), { recursive: true });
  }
  mkdirSync(join(project, 'src', 'root'), { recursive: true });
  cpSync(join(root, 'examples'), join(project, 'src', 'root'), { recursive: true });
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    skipLibCheck: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    useDefineForClassFields: false,
    rootDir: 'src',
    outDir: 'out',
    types: ['node'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], project);
  console.log('examples type-check against the packages');
}

/** Loads every example in a process of its own; one that serves is ended once it listens. */
function runExamples(): void {
  for (const file of readdirSync(join(project, 'out'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    run(process.execPath, ['--input-type=module', '-e', `await import('./out/${file}'); process.exit(0);`], project, {
      DATABASE_URL: 'sqlite://:memory:',
      PORT: '0',
      HOST: '127.0.0.1',
    });
    console.log(`ran ${file}`);
  }
}

function run(command: string, parameters: readonly string[], cwd: string, env: Record<string, string> = {}): string {
  try {
    return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...env } });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${parameters.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

function toArrayBuffer({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
