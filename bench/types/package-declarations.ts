import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const LIBS = new URL('../../libs/', import.meta.url);
/** In the order in which they need each other's types. */
const PACKAGES = ['common', 'config', 'orm'];

/** Where the compiler finds packages, by their names. */
export type PackagePaths = Readonly<Record<string, readonly string[]>>;

/** Writes the declarations that the packages are published with: an application's compiler reads those, not our sources. */
export async function emitDeclarations(folder: URL): Promise<PackagePaths> {
  const index = (name: string) => fileURLToPath(new URL(`${name}/index.d.ts`, folder));
  const paths = Object.fromEntries(PACKAGES.map((name) => [`@core-framework/${name}`, [index(name)]]));
  await mkdir(folder, { recursive: true });
  for (const name of PACKAGES) {
    const library = new URL(`${name}/`, LIBS);
    const settings = new URL(`${name}.tsconfig.json`, folder);
    const sources = fileURLToPath(new URL('src', library));
    const compilerOptions = {
      paths,
      emitDeclarationOnly: true,
      declarationMap: false,
      sourceMap: false,
      // The repository's own check did it.
      noCheck: true,
      rootDir: sources,
      outDir: fileURLToPath(new URL(name, folder)),
    };
    const include = [sources];
    // Tests read the examples, beside which their declarations would be written.
    const exclude = [`${sources}/**/*.spec.ts`, `${sources}/testing`];
    const base = fileURLToPath(new URL('tsconfig.build.json', library));
    await writeFile(settings, JSON.stringify({ extends: base, compilerOptions, include, exclude }));
    const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', LIBS));
    await promisify(execFile)(process.execPath, [compiler, '-p', fileURLToPath(settings)]);
  }
  return paths;
}
