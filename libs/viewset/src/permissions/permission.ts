import type { DynamicLookups, ModelDefinition } from '@core-framework/orm';
import type { ActionContext } from '../pipeline/action-context.js';

/**
 * Decides whether a caller may run an action. Extend it, override one or both questions, and name the class
 * in `permissions`; it is created by Nest, so its constructor may inject.
 *
 * All entries of a list must agree. The first that refuses decides: 401 when the caller is anonymous, else 403
 * with {@link message} and {@link code}.
 *
 * @example
 * class IsVerified extends Permission {
 *   override readonly message = 'Confirm your e-mail address first.';
 *   override hasPermission({ principal }: ActionContext) { return principal.inGroup('verified'); }
 * }
 */
export abstract class Permission {
  /** `detail` of the 403. */
  readonly message: string = 'You do not have permission to perform this action.';
  /** `code` of the 403. */
  readonly code: string = 'permission_denied';

  /** How lists of routes name it: the class, with what it was given. */
  get label(): string {
    return this.constructor.name;
  }

  /** Asked before anything is looked up. */
  hasPermission(_context: ActionContext): boolean | Promise<boolean> {
    return true;
  }

  /** Asked for the one object that a detail action works on, after it was found. Lists are narrowed by `scope()`. */
  hasObjectPermission(_context: ActionContext, _object: object): boolean | Promise<boolean> {
    return true;
  }

  /**
   * Asked once per view, when the application starts: answers the permission that stands for this one there. Override it
   * to learn the view's model, or to refuse to start where this permission makes no sense.
   */
  bindTo(_subject: PermissionSubject): Permission {
    return this;
  }

  /**
   * The columns that {@link hasObjectPermission} looks at. Where every permission of an action names them, objects are
   * plain rows that have these properties, in the form of JSON and with keys for related rows: much faster to read than
   * instances. Absent, an instance is judged.
   */
  readonly objectColumns?: readonly string[];

  /**
   * Which objects {@link hasObjectPermission} agrees to in this request, as lookups: a standard update whose hooks nobody
   * overrides then writes by one statement, without reading the object first. About objects that they leave out, and where
   * nothing is answered, {@link hasObjectPermission} decides.
   */
  objectLookups(_context: ActionContext): DynamicLookups | undefined | Promise<DynamicLookups | undefined> {
    return undefined;
  }

  /** Whether {@link hasObjectPermission} says anything; when none does, objects are read without being hydrated. */
  get checksObjects(): boolean {
    return this.hasObjectPermission !== Permission.prototype.hasObjectPermission;
  }
}

/** What a permission is to guard. */
export interface PermissionSubject {
  /** Name of the view's class. */
  readonly view: string;
  /** The model that it serves; absent in a view without one. */
  readonly model?: ModelDefinition;
}

/** What `permissions` lists: a class, which Nest instantiates, or a ready instance. */
export type PermissionEntry = (abstract new (...args: never[]) => Permission) | Permission;
