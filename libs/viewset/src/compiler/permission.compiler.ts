import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { CompoundPermission, flattened } from '../permissions/permission-operators.js';
import type { Permission, PermissionEntry } from '../permissions/permission.js';
import type { PlannedRoute } from '../routing/route-plan.js';

/** Makes permissions of entries; each class is instantiated once per module, by Nest. */
export class PermissionCompiler {
  readonly #instances = new Map<PermissionEntry, Promise<Permission>>();

  constructor(private readonly modules: ModuleRef) {}

  async compile(entries: readonly PermissionEntry[]): Promise<readonly Permission[]> {
    const permissions = await Promise.all(entries.map((entry) => this.#instance(entry)));
    return permissions.flatMap(flattened);
  }

  #instance(entry: PermissionEntry): Promise<Permission> {
    if (entry instanceof CompoundPermission) return this.#bind(entry);
    if (typeof entry !== 'function') return Promise.resolve(entry);
    let instance = this.#instances.get(entry);
    if (!instance) this.#instances.set(entry, (instance = this.modules.create(entry as unknown as Type<Permission>)));
    return instance;
  }

  async #bind(compound: CompoundPermission): Promise<Permission> {
    return compound.bind(await Promise.all(compound.operands.map((operand) => this.#instance(operand))));
  }
}

/**
 * Who may run a route: what `@Action` said, else the entry of `permissionsByAction`, else the view's `permissions`,
 * else the module's. PATCH falls back to the entry of PUT, so that what guards one never misses on the other.
 */
export function permissionEntriesOf(
  { action, options }: PlannedRoute,
  { permissions, permissionsByAction = {} }: ViewSetOptions,
  standard: readonly PermissionEntry[],
): readonly PermissionEntry[] {
  const entry = (name: string) => (Object.hasOwn(permissionsByAction, name) ? permissionsByAction[name] : undefined);
  const named = entry(action) ?? (action === 'partialUpdate' ? entry('update') : undefined);
  return options?.permissions ?? named ?? permissions ?? standard;
}
