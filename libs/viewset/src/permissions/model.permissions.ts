import { MissingModelError } from '../errors/viewset.errors.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { Permission, type PermissionSubject } from './permission.js';

/** The verb of a codename by the verb of a request; nothing asks for no more than a caller who has signed in. */
type VerbMap = Readonly<Partial<Record<string, 'view' | 'add' | 'change' | 'delete'>>>;

/**
 * Asks for the permission on the view's model that the verb stands for, named after its table: `posts.add` for POST,
 * `posts.change` for PUT and PATCH, `posts.delete` for DELETE. Who has signed in may read; see
 * {@link StrictModelPermissions} for reading by permission.
 */
export class ModelPermissions extends Permission {
  protected readonly verbs: VerbMap = { POST: 'add', PUT: 'change', PATCH: 'change', DELETE: 'delete' };

  override bindTo({ view, model }: PermissionSubject): Permission {
    if (!model) throw new MissingModelError(view);
    return this;
  }

  override hasPermission({ principal, method, model }: ActionContext): boolean | Promise<boolean> {
    if (!principal.isAuthenticated || !model) return false;
    const verb = this.verbs[method];
    return verb === undefined || principal.hasPermission(`${model.tableName}.${verb}`);
  }
}

/** {@link ModelPermissions} that ask for `posts.view` to read. */
export class StrictModelPermissions extends ModelPermissions {
  protected override readonly verbs: VerbMap = {
    GET: 'view',
    POST: 'add',
    PUT: 'change',
    PATCH: 'change',
    DELETE: 'delete',
  };
}
