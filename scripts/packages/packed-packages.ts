import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** What matters of a `package.json` here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The folders of all packages that are published, from the root of the repository. */
export const PACKAGES = readdirSync(join(ROOT, 'libs'))
  .map((lib) => join('libs', lib))
  .concat('schematics')
  .filter((folder) => existsSync(join(ROOT, folder, 'package.json')));

export const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Packs one package, as it would be published; `npm run build` comes first. */
export function pack(folder: string, destination: string): string {
  const printed = execFileSync('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return join(destination, (JSON.parse(printed) as { filename: string }[])[0]?.filename ?? '');
}
