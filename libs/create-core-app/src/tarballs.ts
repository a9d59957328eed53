import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { CreateError } from './create.errors.js';
import type { FrameworkSource } from './package-manifest.js';

/** Takes the framework's packages from a folder of tarballs, as `npm pack` names them; for places without a registry. */
export function tarballsIn(folder: string): FrameworkSource {
  const path = resolve(folder);
  const files = readdirSync(path).filter((file) => file.endsWith('.tgz'));
  return (name) => {
    const start = `${name.replace(/^@/, '').replace('/', '-')}-`;
    const found = files.find((file) => file.startsWith(start) && /^\d/.test(file.slice(start.length)));
    if (found !== undefined) return `file:${resolve(path, found)}`;
    throw new CreateError('CREATE_PACKAGE_NOT_FOUND', `${path} has no tarball of ${name}.`, 'Pack it there: npm pack.');
  };
}
