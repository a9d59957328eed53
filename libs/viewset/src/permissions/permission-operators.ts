import type { DynamicLookups } from '@core-framework/orm';
import type { ActionContext } from '../pipeline/action-context.js';
import { Permission, type PermissionEntry } from './permission.js';

/** A permission made of others, which are entries until the compiler has instantiated them. */
export abstract class CompoundPermission extends Permission {
  constructor(readonly operands: readonly PermissionEntry[]) {
    super();
  }

  /** The same operator over instances. */
  abstract bind(operands: readonly Permission[]): Permission;
}

class AllOf extends CompoundPermission {
  override bind(operands: readonly Permission[]): Permission {
    return new BoundAllOf(operands);
  }
}

class AnyOf extends CompoundPermission {
  override bind(operands: readonly Permission[]): Permission {
    return new BoundAnyOf(operands);
  }
}

class NoneOf extends CompoundPermission {
  override bind([operand]: readonly [Permission]): Permission {
    return new BoundNot(operand);
  }
}

/** Agrees when every operand does; useful inside {@link or} and {@link not}, a list says it by itself. */
export function and(...operands: PermissionEntry[]): Permission {
  return new AllOf(operands);
}

/**
 * Agrees when at least one operand does. An operand counts for an object only if it also agreed to the request,
 * so `or(IsStaff, IsOwner('author'))` never lets somebody pass by halves of two rules.
 */
export function or(...operands: PermissionEntry[]): Permission {
  return new AnyOf(operands);
}

/**
 * Agrees when the operand does not. An operand that judges objects is negated where there is one:
 * `not(IsOwner('author'))` lets a request pass and refuses the owner's own objects.
 */
export function not(operand: PermissionEntry): Permission {
  return new NoneOf([operand]);
}

class BoundAllOf extends Permission {
  override readonly objectColumns: readonly string[] | undefined;

  constructor(readonly operands: readonly Permission[]) {
    super();
    this.objectColumns = objectColumnsOf(operands);
  }

  override get label(): string {
    return `and(${labelsOf(this.operands)})`;
  }

  override get checksObjects(): boolean {
    return this.operands.some((operand) => operand.checksObjects);
  }

  override async hasPermission(context: ActionContext): Promise<boolean> {
    for (const operand of this.operands) if (!(await operand.hasPermission(context))) return false;
    return true;
  }

  override async hasObjectPermission(context: ActionContext, object: object): Promise<boolean> {
    for (const operand of this.operands) if (!(await operand.hasObjectPermission(context, object))) return false;
    return true;
  }

  override objectLookups(context: ActionContext): Promise<DynamicLookups | undefined> {
    return objectLookupsOf(this.operands, context);
  }
}

class BoundAnyOf extends Permission {
  override readonly message: string;
  override readonly code: string;
  override readonly objectColumns: readonly string[] | undefined;

  constructor(private readonly operands: readonly Permission[]) {
    super();
    const first: Permission = operands[0] ?? new BoundAllOf([]);
    this.message = first.message;
    this.code = first.code;
    this.objectColumns = objectColumnsOf(operands);
  }

  override get label(): string {
    return `or(${labelsOf(this.operands)})`;
  }

  override get checksObjects(): boolean {
    return this.operands.some((operand) => operand.checksObjects);
  }

  override async hasPermission(context: ActionContext): Promise<boolean> {
    for (const operand of this.operands) if (await operand.hasPermission(context)) return true;
    return false;
  }

  override async hasObjectPermission(context: ActionContext, object: object): Promise<boolean> {
    for (const operand of this.operands) if (await agreesTo(operand, context, object)) return true;
    return false;
  }

  /** All objects, if one operand agrees to all, else those of one operand: what it leaves out may still be another one's. */
  override async objectLookups(context: ActionContext): Promise<DynamicLookups | undefined> {
    let some: DynamicLookups | undefined;
    for (const operand of this.operands) {
      const lookups = (await operand.hasPermission(context)) && (await objectLookupsOf([operand], context));
      if (!lookups) continue;
      if (Object.keys(lookups).length === 0) return lookups;
      some ??= lookups;
    }
    return some;
  }
}

class BoundNot extends Permission {
  override readonly objectColumns: readonly string[] | undefined;

  constructor(private readonly operand: Permission) {
    super();
    this.objectColumns = objectColumnsOf([operand]);
  }

  override get label(): string {
    return `not(${this.operand.label})`;
  }

  override get checksObjects(): boolean {
    return this.operand.checksObjects;
  }

  override async hasPermission(context: ActionContext): Promise<boolean> {
    return this.checksObjects || !(await this.operand.hasPermission(context));
  }

  override async hasObjectPermission(context: ActionContext, object: object): Promise<boolean> {
    return !this.checksObjects || !(await agreesTo(this.operand, context, object));
  }
}

function labelsOf(permissions: readonly Permission[]): string {
  return permissions.map(({ label }) => label).join(', ');
}

async function agreesTo(permission: Permission, context: ActionContext, object: object): Promise<boolean> {
  return (await permission.hasPermission(context)) && permission.hasObjectPermission(context, object);
}

/** Takes an `and()` of a list apart, so that the operand that refuses is the one whose message is shown. */
export function flattened(permission: Permission): readonly Permission[] {
  return permission instanceof BoundAllOf ? permission.operands.flatMap(flattened) : [permission];
}

/** The objects that all of some permissions agree to; `undefined` when one of them cannot tell. */
export async function objectLookupsOf(
  permissions: readonly Permission[],
  context: ActionContext,
): Promise<DynamicLookups | undefined> {
  const together: Record<string, unknown> = {};
  for (const permission of permissions) {
    if (!permission.checksObjects) continue;
    const lookups = await permission.objectLookups(context);
    // Two that speak of one column would have to be joined, which is hardly worth it.
    if (!lookups || Object.keys(lookups).some((key) => key in together)) return undefined;
    Object.assign(together, lookups);
  }
  return together;
}

/** The columns that some permissions judge objects by together; `undefined` when one of them wants to see an instance. */
export function objectColumnsOf(permissions: readonly Permission[]): readonly string[] | undefined {
  const columns = new Set<string>();
  for (const permission of permissions) {
    if (!permission.checksObjects) continue;
    if (!permission.objectColumns) return undefined;
    for (const column of permission.objectColumns) columns.add(column);
  }
  return [...columns];
}
