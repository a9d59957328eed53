import type { SqlEntityManager } from '@core-framework/orm';
import { Permission } from './permission.model.js';

/** The permissions of these codenames; those that nobody named before are created. */
export async function permissionsNamed(em: SqlEntityManager, codenames: readonly string[]): Promise<Permission[]> {
  const found: Permission[] = [];
  for (const codename of new Set(codenames)) {
    found.push((await Permission.objects.using(em).getOrCreate({ codename }))[0]);
  }
  return found;
}
