import { posix } from 'node:path';
import { render } from '../code/template.js';
import { literal } from '../fields/field-declaration.js';
import { isFile, isNumber } from '../fields/field-rules.js';
import { type FieldSpec, type FieldTypeName, isRelation, isShown, isWritable } from '../fields/field-spec.js';
import type { WantedFile } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import type { Resource } from './resource.js';
import type { ActionName } from './resource.options.js';

/** Whether clients may create or change rows. */
function acceptsInput({ actions }: Pick<Resource, 'actions'>): boolean {
  return actions.some((action) => ['create', 'update', 'partialUpdate'].includes(action));
}

/** `a` or `an`. */
export function article(words: string): string {
  return /^[aeiou]/.test(words) ? 'an' : 'a';
}

/** The file of one part of a resource: `posts/post.viewset.ts`. */
export function partPath({ folder, names }: Resource, part: string): string {
  return posix.join(folder, `${names.file}.${part}.ts`);
}

/** The input and output schemas of a resource. */
export function schemasFile(resource: Resource): WantedFile {
  const path = partPath(resource, 'schemas');
  const text = render('core-resource/files/schemas.ts', {
    ...resource.names,
    article: article(resource.names.words),
    modelFrom: relativeImport(path, resource.modelPath),
    isWritable: acceptsInput(resource),
    omitted: resource.owner ? [literal(resource.owner.name)] : [],
  });
  return { path, text };
}

/** The ViewSet of a resource. */
export function viewsetFile(resource: Resource): WantedFile {
  const path = partPath(resource, 'viewset');
  const { actions, fields, isReadOnly, lookup, names, owner } = resource;
  const all = isReadOnly ? 2 : 6;
  const text = render('core-resource/files/viewset.ts', {
    ...names,
    modelFrom: relativeImport(path, resource.modelPath),
    schemasFrom: relativeImport(path, partPath(resource, 'schemas')),
    summary: summaryOf(resource),
    tag: names.pluralWords.charAt(0).toUpperCase() + names.pluralWords.slice(1),
    permissions: [permissionOf(resource)],
    byAction: permissionsByAction(resource),
    actions: actions.length < all ? actions.map(literal) : [],
    lookup: lookup === 'id' ? undefined : lookup,
    unique: fields.filter((field) => field.rules.unique && isWritable(field)).map(({ name }) => literal(name)),
    filter: fields.filter(isFilterable).map(({ name }) => literal(name)),
    search: searchable(fields).map(({ name }) => literal(name)),
    ordering: ['createdAt', 'updatedAt', ...fields.filter(isSortable).map(({ name }) => name)].map(literal),
    isReadOnly,
    isWritable: acceptsInput(resource),
    canCreate: actions.includes('create'),
    owner: owner?.name,
  });
  return { path, text };
}

function summaryOf({ isProtected, isPublic, isReadOnly, names, owner }: Resource): string {
  const title = names.pluralWords.charAt(0).toUpperCase() + names.pluralWords.slice(1);
  const readers = isPublic ? 'everybody reads' : 'whoever has signed in reads';
  if (isReadOnly) return `${title}: ${isProtected && !isPublic ? 'whoever has signed in reads' : readers}.`;
  const writers = isProtected
    ? `who holds the permissions on ${names.pluralWords} writes`
    : isPublic
      ? 'who has signed in writes'
      : 'and writes';
  const owners = owner ? ` Only the ${owner.name} changes or deletes a row.` : '';
  return `${title}: ${readers}${isProtected || isPublic ? ', ' : ' '}${writers}.${owners}`.replace(
    'reads and writes.',
    'reads and writes them.',
  );
}

function permissionOf({ isProtected, isPublic }: Resource): string {
  if (isProtected) return 'ModelPermissions';
  return isPublic ? 'IsAuthenticatedOrReadOnly' : 'IsAuthenticated';
}

/** Entries of `permissionsByAction`, for actions that exist. */
function permissionsByAction({ actions, isProtected, isPublic, owner }: Resource): string[] {
  const has = (action: ActionName) => actions.includes(action);
  const reading =
    isProtected && isPublic ? (['list', 'retrieve'] as const).filter(has).map((name) => `${name}: [AllowAny]`) : [];
  if (!owner) return reading;
  const entry = `[${isProtected ? 'ModelPermissions, ' : ''}IsOwner(${literal(owner.name)})]`;
  // Partial updates are held to what `update` says; without it they need an entry of their own.
  const changing = has('update') ? 'update' : 'partialUpdate';
  return [...reading, ...([changing, 'destroy'] as const).filter(has).map((name) => `${name}: ${entry}`)];
}

/** What is looked for in lists has an index; clients that filter by anything else would read whole tables. */
function isFilterable(field: FieldSpec): boolean {
  const { type, rules } = field;
  if (rules.hidden || rules.writeOnly) return false;
  return rules.filter ?? (isRelation({ type }) || Boolean(rules.index) || (Boolean(rules.unique) && !isFile(type)));
}

function searchable(fields: readonly FieldSpec[]): FieldSpec[] {
  const shown = fields.filter(isShown);
  const named = shown.filter(({ rules }) => rules.search);
  if (named.length > 0) return named;
  return shown.filter(({ type, choices }) => (type === 'string' || type === 'text') && !choices);
}

const SORTABLE: readonly FieldTypeName[] = ['string', 'datetime', 'date', 'time', 'email', 'slug', 'enum'];

function isSortable(field: FieldSpec): boolean {
  if (!isShown(field) || isRelation(field)) return false;
  return field.rules.order ?? (SORTABLE.includes(field.type) || isNumber(field.type));
}
