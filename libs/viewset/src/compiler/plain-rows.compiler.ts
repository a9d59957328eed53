import type { StandardActionName } from '../actions/standard-actions.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { Authorization } from '../permissions/authorization.js';
import type { Resource } from '../resource/resource.js';
import { PlainRows } from '../resource/plain-rows.js';
import { ModelViewSet } from '../views/model.viewset.js';
import type { PerRequest } from './compiled-action.js';

/** What must be the framework's own for an action to do without instances. */
interface PlainRules {
  /** The methods that see an instance, or count on the transaction around them. */
  readonly methods: readonly (keyof ModelViewSet<object>)[];
  readonly writes?: 'createRow' | 'updateRows';
}

const UPDATING = ['getObject', 'performUpdateValidation', 'beforeUpdate', 'performUpdate', 'afterUpdate'] as const;

const PLAIN_RULES: Readonly<Partial<Record<StandardActionName, PlainRules>>> = {
  retrieve: { methods: ['getObject', 'retrieve'] },
  create: { methods: ['create', 'beforeCreate', 'performCreate', 'afterCreate'], writes: 'createRow' },
  update: { methods: ['update', ...UPDATING], writes: 'updateRows' },
  partialUpdate: { methods: ['partialUpdate', ...UPDATING], writes: 'updateRows' },
};

/** What the decision rests on. */
interface PlainParts {
  readonly authorization: Authorization;
  readonly perRequest: PerRequest;
  readonly resource: Resource;
}

/**
 * The rows that a standard action works on when nothing in it needs an instance: no hook of the view is overridden,
 * permissions on objects name the columns that they look at, and all that is shown is in the row. A write is then one
 * statement, which is a transaction of its own.
 */
export function compilePlainRows(
  view: AnyClass,
  name: StandardActionName,
  { authorization, perRequest, resource }: PlainParts,
): PlainRows | undefined {
  const rules = PLAIN_RULES[name];
  const { model, manager, input, output, lookup } = resource;
  const judged = authorization.objectColumns;
  if (!rules || !judged || output.needsEntity || Object.keys(perRequest).length > 0) return undefined;
  const hooks = view.prototype as Partial<ModelViewSet<object>>;
  if (rules.methods.some((method) => hooks[method] !== ModelViewSet.prototype[method])) return undefined;
  if (rules.writes && !isWrittenPlainly(rules.writes, resource)) return undefined;
  // To tell what changes, also of columns that nobody is shown.
  const compared = rules.writes === 'updateRows' ? input.fields.keys() : [];
  const columns = new Set([...output.columns, lookup.field.name, ...judged, ...compared]);
  const changesUnread = rules.writes === 'updateRows' && authorization.tellsObjects;
  return new PlainRows(model, manager, Object.freeze([...columns]), changesUnread);
}

function isWrittenPlainly(
  method: 'createRow' | 'updateRows',
  { model, manager, output, input, files }: Resource,
): boolean {
  const hasColumnsOnly = [...input.fields.values()].every(({ columnName }) => columnName !== undefined);
  if (!output.isRowOnly || !hasColumnsOnly || input.nested.size > 0 || files) return false;
  // Both look at the rest of the instance: a schema's check of the whole, and that of values that are unique together.
  if (method === 'updateRows' && ('validate' in input.schema.prototype || model.uniqueTogether.length > 0))
    return false;
  return manager.isWrittenAtOnce(method);
}
