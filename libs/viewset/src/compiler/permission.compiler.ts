import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { isStandardAction, STANDARD_ACTIONS } from '../actions/standard-actions.js';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { CompoundPermission, flattened } from '../permissions/permission-operators.js';
import type { Permission, PermissionEntry, PermissionSubject } from '../permissions/permission.js';
import type { PlannedRoute } from '../routing/route-plan.js';

/** Makes permissions of entries; each class is instantiated once per module, by Nest. */
export class PermissionCompiler {
  readonly #instances = new Map<PermissionEntry, Promise<Permission>>();

  constructor(private readonly modules: ModuleRef) {}

  /** @throws InvalidOptionError for an entry that is no permission. */
  async compile(subject: PermissionSubject, entries: readonly PermissionEntry[]): Promise<readonly Permission[]> {
    for (const entry of entries) checkEntry(subject.view, entry);
    const permissions = await Promise.all(entries.map((entry) => this.#bound(entry, subject)));
    return permissions.flatMap(flattened);
  }

  async #bound(entry: PermissionEntry, subject: PermissionSubject): Promise<Permission> {
    if (!(entry instanceof CompoundPermission)) return (await this.#instance(entry)).bindTo(subject);
    return entry.bind(await Promise.all(entry.operands.map((operand) => this.#bound(operand, subject))));
  }

  #instance(entry: PermissionEntry): Promise<Permission> {
    if (typeof entry !== 'function') return Promise.resolve(entry);
    let instance = this.#instances.get(entry);
    if (!instance) this.#instances.set(entry, (instance = this.modules.create(entry as unknown as Type<Permission>)));
    return instance;
  }
}

function checkEntry(view: string, entry: PermissionEntry): void {
  if (entry instanceof CompoundPermission) {
    for (const operand of entry.operands) checkEntry(view, operand);
    return;
  }
  const permission = (typeof entry === 'function' ? entry.prototype : entry) as Partial<Permission> | null | undefined;
  if (typeof permission?.hasPermission === 'function' && typeof permission.hasObjectPermission === 'function') return;
  const name = typeof entry === 'function' ? entry.name : `something that is ${typeof entry}`;
  throw new InvalidOptionError(
    `@ViewSet of ${view}`,
    `"permissions" lists ${name}, which is no permission.`,
    entry === undefined
      ? 'Two files that import each other leave one import undefined: move the permission to a file of its own.'
      : 'List classes that extend Permission, or instances of them.',
  );
}

/**
 * Who may run a route: what `@Action` said, else the entry of `permissionsByAction`, else the view's `permissions`,
 * else the module's. PATCH falls back to the entry of PUT, bulk actions to that of their single ones, `trash` and
 * `restore` to that of `destroy`, so that what guards one never misses on the other.
 */
export function permissionEntriesOf(
  { action, options }: PlannedRoute,
  { permissions, permissionsByAction = {} }: ViewSetOptions,
  standard: readonly PermissionEntry[],
): readonly PermissionEntry[] {
  const entry = (name: string) => (Object.hasOwn(permissionsByAction, name) ? permissionsByAction[name] : undefined);
  let named = entry(action);
  let like = isStandardAction(action) ? STANDARD_ACTIONS[action].like : undefined;
  for (; !named && like; like = STANDARD_ACTIONS[like].like) named = entry(like);
  return options?.permissions ?? named ?? permissions ?? standard;
}
