/** Runs generators in the folder that it is started in: a JSON list of names with options is its one argument. */
import { runSchematic } from '@core-framework/schematics';
import type { Generator } from './new-project.js';

for (const [schematic, options] of JSON.parse(process.argv[2] ?? '[]') as Generator[]) {
  const { changes, messages } = await runSchematic({ folder: process.cwd(), schematic, options });
  const lines = [...changes.map(({ kind, path }) => `${kind.toUpperCase()} ${path}`), ...messages];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
