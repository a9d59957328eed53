import { posix } from 'node:path';
import type { Tree } from '@angular-devkit/schematics';
import { GeneratorError } from '../errors/generator.errors.js';
import { fieldTexts, parseFields, printField } from '../fields/field-grammar.js';
import { type FieldSpec, isRelation } from '../fields/field-spec.js';
import { suggestion } from '../names/did-you-mean.js';
import { camelCase, kebabCase, type ModelNames, modelNames, pascalCase } from '../names/names.js';
import { type FoundModel, Project } from '../project/project.js';
import { type DeclaredViewSet, readViewSet } from '../project/read-viewset.js';
import { normalized, Workspace } from '../project/workspace.js';
import type { Reporter } from '../output/file-plan.js';
import { type ActionName, actionsOf, type ResourceOptions } from './resource.options.js';

/** A resource that is to be generated: every decision taken, nothing written. */
export interface Resource {
  readonly names: ModelNames;
  readonly project: Project;
  /** Folder of its files. */
  readonly folder: string;
  /** The model's own file. */
  readonly modelPath: string;
  /** The model as it is there already. */
  readonly existing?: FoundModel;
  readonly fields: readonly FieldSpec[];
  /** Fields that the model does not have yet. */
  readonly newFields: readonly FieldSpec[];
  readonly actions: readonly ActionName[];
  readonly lookup?: string;
  /** The field that names the owner, and the owner's model. */
  readonly owner?: FieldSpec;
  readonly isSoftDeleted: boolean;
  readonly isReadOnly: boolean;
  readonly isProtected: boolean;
  readonly isPublic: boolean;
  /** Whether its ViewSet is there already and guarded in a way that generators do not know. */
  readonly hasOwnRules: boolean;
}

/** What a resource holds when nobody says it. */
const DEFAULT_FIELDS = 'name:string:max:200';

/**
 * Decides all that a resource is: where it belongs, what its fields are and whom they lead to.
 *
 * @throws GeneratorError when something is asked for that cannot be.
 */
export function resolveResource(tree: Tree, given: ResourceOptions, reporter: Reporter): Resource {
  const names = modelNames(posix.basename(given.name));
  const workspace = new Workspace(tree);
  const place = workspace.place(given);
  const nearby = new Project(workspace, place);
  const existing = nearby.findModel(names.className);
  const project = existing ? new Project(workspace, existing.place) : nearby;
  const folder = existing ? posix.dirname(existing.path) : folderOf(given, place.sourceRoot, names);
  const viewset = readViewSet(workspace.read(posix.join(folder, `${names.file}.viewset.ts`)) ?? '', names.className);
  const options = withDeclared(given, viewset);
  const declared = fieldsOf(options, existing);
  const owner = ownerOf(options, declared);
  const asked = resolveTargets(withLookup(options, withOwner(declared, owner)), project, names);
  const present = new Set(existing?.fields.map(({ name }) => name));
  tellDifferences(asked, existing, reporter);
  const fields = [
    ...(existing?.fields ?? []).map((field) => asked.find(({ name }) => name === field.name) ?? field),
    ...asked.filter(({ name }) => !present.has(name)),
  ];
  checkLookup(options.lookup, fields);
  return {
    names: existing ? { ...names, table: existing.table } : names,
    project,
    folder,
    modelPath: existing?.path ?? posix.join(folder, `${names.file}.model.ts`),
    existing,
    fields,
    newFields: asked.filter(({ name }) => !present.has(name)),
    actions: actionsOf(options),
    lookup: options.lookup && camelCase(options.lookup),
    owner: owner && fields.find(({ name }) => name === owner.name),
    isSoftDeleted: existing?.isSoftDeleted ?? options.softDelete ?? false,
    isReadOnly: options.readOnly ?? false,
    isProtected: options.protected ?? false,
    isPublic: options.public ?? false,
    hasOwnRules: viewset?.hasOwnRules ?? false,
  };
}

/** What nobody says is as the ViewSet has it that is there already. */
function withDeclared(options: ResourceOptions, viewset: DeclaredViewSet | undefined): ResourceOptions {
  if (!viewset || viewset.hasOwnRules) return options;
  const said = Object.entries(options).filter(([, value]) => value !== undefined && String(value) !== '');
  const { hasOwnRules: _hasOwnRules, ...declared } = viewset;
  return { ...declared, ...(Object.fromEntries(said) as unknown as ResourceOptions) };
}

function folderOf({ name, path, flat }: ResourceOptions, sourceRoot: string, { folder }: ModelNames): string {
  const inner = posix.dirname(name) === '.' ? '' : posix.dirname(name).split('/').map(kebabCase).join('/');
  const base = posix.join(sourceRoot, normalized(path ?? ''), inner);
  return flat ? base : posix.join(base, folder);
}

function fieldsOf({ fields, type }: ResourceOptions, existing?: FoundModel): FieldSpec[] {
  const texts = fieldTexts(fields, type);
  if (texts.length > 0) return parseFields(texts);
  return existing ? [] : parseFields(DEFAULT_FIELDS);
}

function ownerOf({ owner }: ResourceOptions, fields: readonly FieldSpec[]): FieldSpec | undefined {
  if (owner === undefined) return undefined;
  const [name = '', model = 'User'] = owner.split(':');
  const property = camelCase(name) || 'owner';
  const declared = fields.find((field) => field.name === property);
  if (declared && declared.type !== 'belongsTo') {
    throw new GeneratorError(
      'GENERATOR_INVALID_OWNER',
      `The owner "${property}" is a field of type ${declared.type}.`,
      `An owner is a relation: ${property}:belongsTo:${pascalCase(model)}.`,
    );
  }
  return declared ?? { name: property, type: 'belongsTo', target: pascalCase(model), rules: { onDelete: 'cascade' } };
}

function withOwner(fields: readonly FieldSpec[], owner: FieldSpec | undefined): readonly FieldSpec[] {
  return owner && !fields.some(({ name }) => name === owner.name) ? [...fields, owner] : fields;
}

/** `--lookup slug` brings the slug along. */
function withLookup({ lookup }: ResourceOptions, fields: readonly FieldSpec[]): readonly FieldSpec[] {
  const name = lookup && camelCase(lookup);
  if (name !== 'slug' || fields.some((field) => field.name === name)) return fields;
  const source = fields.find(({ type, rules }) => type === 'string' && !rules.hidden && !rules.writeOnly);
  if (!source) return fields;
  return [...fields, { name, type: 'slug', rules: { from: source.name, unique: true } }];
}

function checkLookup(lookup: string | undefined, fields: readonly FieldSpec[]): void {
  if (lookup === undefined || lookup === 'id') return;
  const name = camelCase(lookup);
  const field = fields.find((candidate) => candidate.name === name);
  if (field?.rules.unique && !isRelation(field) && !field.rules.nullable) return;
  const unique = fields.filter(({ rules }) => rules.unique && !rules.nullable).map((candidate) => candidate.name);
  throw new GeneratorError(
    'GENERATOR_INVALID_LOOKUP',
    field
      ? `Paths cannot name rows by "${name}", which is not unique.`
      : `There is no field "${name}" to look rows up by.`,
    field ? `Add the rule unique to ${name}.` : suggestion(name, unique) || `Declare it: ${name}:slug:unique.`,
  );
}

/** Relations get the class names of the models that they lead to. */
function resolveTargets(fields: readonly FieldSpec[], project: Project, { className, table }: ModelNames): FieldSpec[] {
  return fields.map((field) => {
    if (!isRelation(field)) return field;
    const isSelf = field.target === className || field.target === table;
    if (!isSelf) return { ...field, target: project.modelNamed(field.target ?? '', field.name).className };
    if (field.type !== 'manyToMany' && !field.rules.nullable) {
      throw new GeneratorError(
        'GENERATOR_ENDLESS_RELATION',
        `Every ${className} would need another ${className} as its ${field.name}, so there could be no first one.`,
        `Add nullable: ${field.name}:${field.type}:${className}:nullable.`,
      );
    }
    return { ...field, target: className };
  });
}

/** A field that is there already stays as it is; the user is told when that is not what was asked for. */
function tellDifferences(given: readonly FieldSpec[], existing: FoundModel | undefined, reporter: Reporter): void {
  for (const field of given) {
    const present = existing?.fields.find(({ name }) => name === field.name);
    if (!present || printColumn(present) === printColumn(field)) continue;
    reporter.warn(`The field ${field.name} stays as the model has it: change ${existing?.path} by hand.`);
  }
}

/** A field without what only its ViewSet knows. */
function printColumn(field: FieldSpec): string {
  const { search: _search, filter: _filter, order: _order, inverse: _inverse, default: value, ...rules } = field.rules;
  return printField({ ...field, rules: { ...rules, ...(value !== undefined && { default: 'said' }) } });
}
