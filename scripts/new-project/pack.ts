import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** What must never be published; templates of a project may have tests. */
const UNWANTED = /^(?!templates\/).*(?:\.(?:e2e-)?spec\.(?!ts\.template$)|(?:^|\/)test\/)|\.tsbuildinfo$|(?:^|\/)\.env/;

/**
 * Packs every package of the framework into a folder, as it would be published, and looks whether what it promises is in
 * there. Needs a build.
 *
 * @returns the files of the tarballs by the names of the packages.
 */
export function packAll(folder: string): ReadonlyMap<string, string> {
  const libs = readdirSync(join(root, 'libs'))
    .map((lib) => join('libs', lib))
    .concat('schematics')
    .filter((lib) => existsSync(join(root, lib, 'package.json')));
  const words = ['pack', '--json', '--pack-destination', folder, ...libs.flatMap((lib) => ['--workspace', lib])];
  const printed = execFileSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const packed = JSON.parse(printed) as Packed[] | Record<string, Packed>;
  const all = Array.isArray(packed) ? packed : Object.values(packed);
  const problems = libs.flatMap((lib) => problemsOf(lib, all));
  if (problems.length) throw new Error(`What is packed is not what is promised:\n${problems.join('\n')}`);
  return new Map(all.map(({ name, filename }) => [name, join(folder, filename)]));
}

/** Entries that are not there, templates that were left out, and what does not belong into a package. */
function problemsOf(lib: string, all: readonly Packed[]): string[] {
  const manifest = JSON.parse(readFileSync(join(root, lib, 'package.json'), 'utf8')) as Manifest & { name: string };
  const packed = all.find(({ name }) => name === manifest.name);
  if (!packed) return [`${manifest.name} was not packed`];
  const files = new Set(packed.files.map(({ path }) => path));
  const entries = Object.values(manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === 'string'
      ? [entry]
      : // Sources are for the repository itself, and for debuggers where they are shipped.
        Object.entries(entry).flatMap(([condition, path]) => (condition === '@core-framework/source' ? [] : [path])),
  );
  const promised = [...entries, ...Object.values(manifest.bin ?? {})].map((path) => path.replace(/^\.\//, ''));
  const templates = ['templates', 'src']
    .filter((top) => existsSync(join(root, lib, top)))
    .flatMap((top) =>
      readdirSync(join(root, lib, top), { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path}`),
    )
    .filter((path) => path.endsWith('.template') || path.endsWith('.eta') || path.endsWith('schema.json'));
  return [
    ...[...promised, ...templates].filter((path) => !files.has(path)).map((path) => `${manifest.name} lacks ${path}`),
    ...[...files].filter((path) => UNWANTED.test(path)).map((path) => `${manifest.name} has ${path}`),
  ];
}
