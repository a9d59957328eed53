import { posix } from 'node:path';
import { render } from '../code/template.js';
import { literal } from '../fields/field-declaration.js';
import { isFile, isKey } from '../fields/field-rules.js';
import { type FieldSpec, isRequired, isWritable } from '../fields/field-spec.js';
import { wrongValues } from '../fields/wrong-value.js';
import type { WantedFile } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import { factoryPath, factoryFrom, type FactoryImport, inventedFields } from './data.parts.js';
import type { Resource } from './resource.js';
import { article } from './viewset.part.js';
import type { ActionName } from './resource.options.js';

/** What a generated test is told beside its resource. */
export interface TestOptions {
  readonly seeder: boolean;
}

/** The test of a resource over HTTP; `undefined` when there is no application that it could start. */
export function testFile(resource: Resource, { seeder }: TestOptions): WantedFile | undefined {
  const { actions, fields, names, owner, project } = resource;
  const root = project.rootModule();
  if (!root) return undefined;
  const path = posix.join(project.workspace.testFolder(project.place), `${names.folder}.e2e-spec.ts`);
  const sent = fields.filter((field) => isWritable(field) && field !== owner);
  const related = sent.filter(({ type, rules }) => type === 'manyToMany' || (isKey(type) && !rules.nullable));
  const invented = inventedFields(fields);
  const patched = patchedField(sent);
  const text = render('core-resource/files/e2e-spec.ts', {
    ...names,
    ...permissionsView(resource),
    refusals: refusals(resource),
    modelFrom: project.importPath(path, { path: resource.modelPath, place: project.place }),
    framework: project.testFramework,
    rootName: root.className,
    rootFrom: relativeImport(path, root.path),
    factories: factoryImports(resource, path, related),
    seeder: seeder ? `${names.className}Seeder` : undefined,
    article: article(names.words),
    has: Object.fromEntries(
      ['list', 'create', 'retrieve', 'update', 'partialUpdate', 'destroy'].map((name) => [
        name,
        actions.includes(name as never),
      ]),
    ),
    owner: owner?.name,
    ownerModel: owner?.target,
    lookup: resource.lookup ?? 'id',
    lookupType: (resource.lookup ?? 'id') === 'id' ? 'number' : 'string',
    isSoftDeleted: resource.isSoftDeleted,
    related: related.map(({ name, type, target }) => ({ name, target, isMany: type === 'manyToMany' })),
    bigints: sent.filter(({ type }) => type === 'bigint').map(({ name }) => name),
    files: sent.filter(({ type }) => isFile(type)).map(({ name, type }) => ({ name, isImage: type === 'image' })),
    secrets: sent.filter(({ rules }) => rules.writeOnly).map(({ name }) => name),
    isInvented: invented.length > 0,
    patched: patched?.name,
    patchedRelation: patched && isKey(patched.type) ? patched.target : undefined,
    patchedIsBigint: patched?.type === 'bigint',
    patchedIsDate: patched?.type === 'datetime',
    required: sent
      .filter(isRequired)
      .map(({ name }) => literal(name))
      .toSorted(),
    wrong: sent.flatMap((field) => wrongValues(field).map((value) => `[${literal(field.name)}, ${value}]`)),
    unique: sent
      .filter(({ rules, type }) => rules.unique && !isKey(type))
      .map(({ name, type }) => ({ name, isBigint: type === 'bigint' })),
  });
  return { path, text };
}

function permissionsView({ isProtected, isPublic, names }: Resource) {
  const verbs = ['add', 'change', 'delete'].map((verb) => literal(`${names.table}.${verb}`));
  return { isProtected, isPublic, held: isProtected ? `, permissions: [${verbs.join(', ')}]` : '' };
}

/** Requests that must be refused, and with which status. */
interface Refusals {
  readonly name: string;
  readonly calls: readonly string[];
  readonly status: number;
  /** The client that the calls need beside those of the suite. */
  readonly clients?: string;
}

function refusals({ actions, isProtected, isPublic, names, owner }: Resource): Refusals[] {
  const has = (action: ActionName) => actions.includes(action);
  const reading = [...(has('list') ? [`get(${names.constant})`] : []), ...(has('retrieve') ? ['get(url)'] : [])];
  const changing = [
    ...(has('update') ? ['put(url, {})'] : []),
    ...(has('partialUpdate') ? ['patch(url, {})'] : []),
    ...(has('destroy') ? ['delete(url)'] : []),
  ];
  const creating = has('create') ? [`post(${names.constant}, {})`] : [];
  const absent = [
    ...(has('list') && !has('create') ? [`post(${names.constant}, {})`] : []),
    ...(!has('destroy') && (has('retrieve') || changing.length > 0) ? ['delete(url)'] : []),
  ];
  const by = (client: string, calls: readonly string[]) => calls.map((call) => `${client}.${call}`);
  const anonymous = [...(isPublic ? [] : reading), ...creating, ...changing];
  const all: Refusals[] = [
    { name: 'anonymous', calls: by('app.client', anonymous), status: 401 },
    { name: 'strangers', calls: owner ? by('stranger', changing) : [], status: 403 },
    {
      name: 'unpermitted',
      calls: isProtected ? by('reader', [...creating, ...changing]) : [],
      status: 403,
      clients: `app.client.as({ id: ${owner ? 'ownerId' : '2'} })`,
    },
    { name: 'absent', calls: by('member', absent), status: 405 },
  ];
  return all.filter(({ calls }) => calls.length > 0);
}

function factoryImports(resource: Resource, path: string, related: readonly FieldSpec[]): FactoryImport[] {
  const { names, owner, project } = resource;
  const targets = new Set(related.map(({ target = '' }) => target));
  if (owner?.target) targets.add(owner.target);
  targets.delete(names.className);
  const own = { name: `${names.className}Factory`, from: relativeImport(path, factoryPath(resource)) };
  const others = [...targets].map((target) => ({ name: `${target}Factory`, from: factoryFrom(path, target, project) }));
  return [own, ...others].toSorted((one, other) => (one.from < other.from ? -1 : 1));
}

/** A field whose new value can be told from its old one and is shown as it was sent. */
function patchedField(sent: readonly FieldSpec[]): FieldSpec | undefined {
  const fit = sent.filter(
    ({ type, rules }) => !rules.writeOnly && !isFile(type) && type !== 'manyToMany' && type !== 'json',
  );
  return (
    fit.find(({ type }) => type === 'string' || type === 'text') ??
    fit.find(({ type }) => !isKey(type)) ??
    fit.find(({ type, rules }) => isKey(type) && !rules.nullable)
  );
}
