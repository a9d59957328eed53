import { pathToFileURL } from 'node:url';
import { CoreError } from '@core-framework/common';
import type { Type } from '@nestjs/common';
import { ApplicationModuleError } from '../errors/cli.errors.js';

/**
 * Imports the root module of an application from its file: `AppModule`, the default export, or the one class that the file exports.
 *
 * @throws ApplicationModuleError when it cannot be told, and whatever the application's files throw.
 */
export async function loadModule(file: string): Promise<Type> {
  const exported = await importFile(file);
  const classes = Object.values(exported).filter((value): value is Type => typeof value === 'function');
  const module = exported['AppModule'] ?? exported['default'] ?? (classes.length === 1 ? classes[0] : undefined);
  if (typeof module === 'function') return module as Type;
  throw new ApplicationModuleError(
    `${file} exports no AppModule.`,
    'Export the root module of the application by that name.',
  );
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof CoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApplicationModuleError(`${file} cannot be loaded: ${reason}`, 'Correct what is named above.', error);
  }
}
