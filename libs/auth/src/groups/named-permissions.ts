import type { SqlEntityManager } from '@core-framework/orm';
import { InvalidCodenameError } from '../errors/permission.errors.js';
import { Permission } from './permission.model.js';

const CODENAME = /^[^\s.]+\.\S+$/;

/** @throws InvalidCodenameError when no permission can have that name. */
export function checkCodename(codename: string): string {
  if (typeof codename === 'string' && CODENAME.test(codename)) return codename;
  throw new InvalidCodenameError(codename);
}

/**
 * The permissions of these codenames; those that nobody named before are created.
 *
 * @throws InvalidCodenameError
 */
export async function permissionsNamed(em: SqlEntityManager, codenames: readonly string[]): Promise<Permission[]> {
  const found: Permission[] = [];
  for (const codename of new Set(codenames.map(checkCodename))) {
    found.push((await Permission.objects.using(em).getOrCreate({ codename }))[0]);
  }
  return found;
}
