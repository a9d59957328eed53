import { readFileSync, writeFileSync } from 'node:fs';

/** Lets a generated file in a temporary folder find this package, whose name resolves nowhere there. */
export function pointToSource(file: URL): void {
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace('@core-framework/orm', new URL('../index.ts', import.meta.url).href));
}
