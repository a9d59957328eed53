import type { DynamicLookups, FieldDefinition } from '@core-framework/orm';
import { MissingModelError, UnknownFieldError } from '../errors/viewset.errors.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { isSameKey } from '../schemas/row-key.js';
import { targetOf } from '../schemas/schema-basis.js';
import { Permission, type PermissionSubject } from './permission.js';

class OwnerPermission extends Permission {
  override readonly objectColumns?: readonly string[];

  constructor(
    private readonly field: string,
    private readonly column?: FieldDefinition,
  ) {
    super();
    this.objectColumns = column && [field];
  }

  override get label(): string {
    return `IsOwner(${this.field})`;
  }

  override hasPermission({ principal }: ActionContext): boolean {
    return principal.isAuthenticated;
  }

  override hasObjectPermission({ principal }: ActionContext, object: object): boolean {
    const owner = keyOf((object as Record<string, unknown>)[this.field], this.column);
    return owner !== undefined && principal.id !== null && isSameKey(owner, principal.id);
  }

  override objectLookups({ principal }: ActionContext): DynamicLookups | undefined {
    const key = this.column && comparableKey(this.column, principal.id);
    return key === undefined ? undefined : { [this.field]: key };
  }

  override bindTo({ view, model }: PermissionSubject): Permission {
    if (!model) throw new MissingModelError(view);
    const column = model.fields.get(this.field);
    if (column?.columnName) return new OwnerPermission(this.field, column);
    if (model.fields.has(this.field) || this.field in model.model.prototype) return this;
    throw new UnknownFieldError(view, this.field, 'IsOwner', model.fields.keys());
  }
}

/**
 * The key of a caller as a column may be compared with it, where the database then says the same as a comparison of texts;
 * else `undefined`.
 */
function comparableKey({ scalarKind }: FieldDefinition, id: unknown): unknown {
  const text = String(id);
  switch (scalarKind) {
    case 'integer':
      return isWritten(Number(text), text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : undefined;
    case 'uuid':
      return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text) ? text : undefined;
    case 'string':
      return typeof id === 'string' && id.isWellFormed() && !id.includes('\0') ? id : undefined;
    default:
      return undefined;
  }
}

function isWritten(number: number, text: string): boolean {
  return Number.isInteger(number) && String(number) === text;
}

/** The key of whatever stands for a row: the row, a reference to it, or the key itself. */
function keyOf(owner: unknown, column: FieldDefinition | undefined): unknown {
  if (owner === null || owner === undefined) return undefined;
  if (typeof owner !== 'object') return owner;
  return (owner as Record<string, unknown>)[column?.relation ? targetOf(column).primaryKey.name : 'id'];
}

/**
 * Asks that the caller is the one whom `field` of the object names (a foreign key to users, or a column with the
 * user's key). Create has no object yet: the caller must only be signed in.
 */
export function IsOwner(field: string): Permission {
  return new OwnerPermission(field);
}

class CodenamePermission extends Permission {
  constructor(private readonly codename: string) {
    super();
  }

  override get label(): string {
    return `HasPermission(${this.codename})`;
  }

  override hasPermission({ principal }: ActionContext): boolean | Promise<boolean> {
    return principal.isAuthenticated && principal.hasPermission(this.codename);
  }
}

/** Asks that the caller holds a permission, named `resource.verb` (`posts.delete`). */
export function HasPermission(codename: string): Permission {
  return new CodenamePermission(codename);
}

class GroupPermission extends Permission {
  constructor(private readonly group: string) {
    super();
  }

  override get label(): string {
    return `IsInGroup(${this.group})`;
  }

  override hasPermission({ principal }: ActionContext): boolean | Promise<boolean> {
    return principal.isAuthenticated && principal.inGroup(this.group);
  }
}

/** Asks that the caller is in a group. */
export function IsInGroup(name: string): Permission {
  return new GroupPermission(name);
}
