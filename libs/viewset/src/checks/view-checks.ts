import type { CheckFinding } from '@core-framework/common';
import type { CompiledView } from '../compiler/compiled-view.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { viewKindOf } from '../views/view-kind.js';

/** What looks wrong with a view although it can be served. */
export function checkView(view: CompiledView, readsForms: boolean): readonly CheckFinding[] {
  return [
    ...withoutRoutes(view),
    ...withoutPermissions(view),
    ...withoutScope(view),
    ...halfGuarded(view),
    ...withoutIndex(view),
    ...(readsForms ? [] : withoutForms(view)),
  ];
}

function withoutRoutes({ view, pipelines }: CompiledView): CheckFinding[] {
  if (pipelines.length) return [];
  const isApiView = viewKindOf(view) === 'api';
  return [
    {
      code: 'VIEWSET_NO_ROUTES',
      level: 'error',
      subject: view.name,
      message: 'It is registered but answers nothing.',
      fix: isApiView ? 'Give it a method get, post, put, patch or delete.' : 'Give it an action.',
    },
  ];
}

function withoutPermissions({ view, options, pipelines }: CompiledView): CheckFinding[] {
  const named = options.permissionsByAction ?? {};
  const silent = pipelines.some(
    ({ action }) => !action.route.options?.permissions && !Object.hasOwn(named, action.name),
  );
  if (options.permissions || !silent) return [];
  return [
    {
      code: 'VIEWSET_NO_PERMISSIONS',
      level: 'warning',
      subject: view.name,
      message: "It names no permissions, so that the module's hold.",
      fix: 'Write "permissions", be it what the module says.',
    },
  ];
}

function withoutScope({ view, pipelines }: CompiledView): CheckFinding[] {
  const guarded = pipelines.filter(({ action }) => action.authorization.checksObjects).map(({ action }) => action.name);
  const list = pipelines.find(({ action }) => action.standard === 'list');
  const { scope, getQuerySet } = view.prototype as GenericViewSet<object>;
  const isNarrowed = scope !== GenericViewSet.prototype.scope || getQuerySet !== GenericViewSet.prototype.getQuerySet;
  if (!list || isNarrowed || !guarded.includes('retrieve')) return [];
  return [
    {
      code: 'VIEWSET_OBJECT_PERMISSION_WITHOUT_SCOPE',
      level: 'warning',
      subject: view.name,
      message: 'Its list shows rows whose "retrieve" an object permission refuses.',
      fix: 'Narrow them in scope().',
    },
  ];
}

/** One of the actions that change an object asks an object permission, another one asks none. */
function halfGuarded({ view, pipelines }: CompiledView): CheckFinding[] {
  const changing = pipelines.filter(({ action }) =>
    ['update', 'partialUpdate', 'destroy'].includes(action.standard ?? ''),
  );
  const open = changing.filter(({ action }) => !action.authorization.checksObjects).map(({ action }) => action.name);
  if (!open.length || open.length === changing.length) return [];
  return [
    {
      code: 'VIEWSET_HALF_GUARDED',
      level: 'warning',
      subject: view.name,
      message: `Changing an object is held to object permissions, but not by ${open.join(', ')}.`,
      fix: 'Name them in "permissionsByAction" as well.',
    },
  ];
}

function withoutIndex(view: CompiledView): CheckFinding[] {
  if (!view.hasResource) return [];
  const { model } = view.resource;
  const leading = new Set(
    [...model.indexes.map(({ fields }) => fields), ...model.uniqueTogether].map(([first]) => first),
  );
  const slow = new Set<string>();
  for (const { name: parameter, apply } of view.resource.listing.rules.filters.values()) {
    const [name = ''] = parameter.split('__');
    const field = model.fields.get(name);
    // What a filter of the ViewSet's own looks at is not known, and a foreign key has its index.
    if (apply || !field?.columnName || field.relation) continue;
    const isIndexed = field.unique || field.indexed || field === model.primaryKey || leading.has(name);
    if (!isIndexed && field.scalarKind !== 'boolean') slow.add(name);
  }
  return [...slow].map((name) => ({
    code: 'VIEWSET_UNINDEXED_FILTER',
    level: 'warning',
    subject: view.view.name,
    message: `Its lists may be filtered by "${name}", which has no index.`,
    fix: `Give it an index on ${model.name}#${name}.`,
  }));
}

function withoutForms({ view, pipelines }: CompiledView): CheckFinding[] {
  const asking = pipelines.map(({ action }) => action).find(({ input }) => input && input.uploads.size > 0);
  if (!asking) return [];
  return [
    {
      code: 'VIEWSET_FILES_WITHOUT_FORMS',
      level: 'warning',
      subject: view.name,
      message: `Its ${asking.name} takes files, but nothing here reads the forms that carry them.`,
      fix: 'Start the application with CoreFactory.',
    },
  ];
}
