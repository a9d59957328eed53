import { PackageNotUsedError } from '../errors/cli.errors.js';
import type { PackageModule } from './assembled-application.js';

/**
 * Imports a package that not every application has.
 *
 * @throws PackageNotUsedError when it is not installed.
 */
export async function optionalPackage<T>(load: () => Promise<T>, [name, module]: PackageModule): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && message?.includes(`'${name}'`)) throw new PackageNotUsedError(name, module);
    throw error;
  }
}
