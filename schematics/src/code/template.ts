import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { template } from '@angular-devkit/core';
import { tidyImports } from './edit-imports.js';

/** `src` of this package: templates are published there, beside what is built. */
const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** Fills in a template; what it imports and does not use is left out. */
export function render(path: string, view: object): string {
  const compiled = template<object>(readFileSync(`${SOURCES}${path}.template`, 'utf8'));
  return tidyImports(compiled(view));
}
