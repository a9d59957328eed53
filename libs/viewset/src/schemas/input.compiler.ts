import { ClassRules } from '@core-framework/common';
import { compileFieldParser, type FieldDefinition, modelDefinition } from '@core-framework/orm';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { CompiledInput, type InputParts } from './compiled-input.js';
import { derivedInput, type InputClass, inputBasisOf, isWritable, type NestedRelationOptions } from './input-schema.js';
import { NestedRelation } from './nested-relation.js';
import { compileFormParser } from '../uploads/form-parser.js';
import { UploadRules } from '../uploads/upload-rules.js';
import { checkNames, selectFields, targetOf } from './schema-basis.js';

/** What is needed to compile an input beyond its class. */
export interface InputSurroundings extends Pick<InputParts, 'ignored' | 'relatedRows'> {
  /** Extensions of files that the application accepts. */
  readonly allowedExtensions: readonly string[];
  /** A field that the path, or the row around it, sets, so that no body may. */
  readonly fixed?: string;
}

/** The deepest that rows may be written along with rows. */
const MAX_NESTING = 3;

/**
 * Compiles a derived schema, or any class with class-validator rules.
 *
 * @throws UnknownFieldError, InvalidOptionError
 */
export function compileInput(schema: InputClass, surroundings: InputSurroundings): CompiledInput {
  const { ignored, fixed } = surroundings;
  // Of the path, not of the body: a client may send it back with the rest of what he was shown.
  const shown = fixed === undefined ? ignored : new Set([...ignored, fixed]);
  return compile(schema, { ...surroundings, ignored: shown }, 0);
}

/** Compiles an input that is `depth` levels inside of another. */
function compile(schema: InputClass, surroundings: InputSurroundings, depth: number): CompiledInput {
  const { fixed, allowedExtensions, ...parts } = surroundings;
  const { fields, nested: declared, optional } = modelPart(schema, fixed);
  const rules = ClassRules.of(schema);
  const extras = new Set([...rules.properties].filter((property) => !fields.has(property) && property !== fixed));
  const nested = new Map(
    declared.map(
      ([field, options]) => [field.name, compileNested(schema, field, options, surroundings, depth)] as const,
    ),
  );
  checkUndeclared(schema, fields, rules, nested);
  const required = new Set([
    ...[...fields.values()].filter((field) => field.required && !optional(field.name)).map(({ name }) => name),
    ...[...extras].filter((name) => rules.isRequired(name)),
  ]);
  return new CompiledInput({
    ...parts,
    schema,
    fields,
    nested,
    uploads: new Map(
      [...fields].flatMap(([name, field]) => (field.file ? [[name, new UploadRules(field, allowedExtensions)]] : [])),
    ),
    textParsers: new Map([...fields].map(([name, field]) => [name, compileFormParser(field)])),
    parsers: new Map([...fields].map(([name, field]) => [name, compileFieldParser(field)])),
    required,
    rules,
    extras,
  });
}

function compileNested(
  schema: InputClass,
  field: FieldDefinition,
  options: NestedRelationOptions,
  { relatedRows, allowedExtensions }: InputSurroundings,
  depth: number,
): NestedRelation {
  if (depth >= MAX_NESTING) {
    const problem = `"${field.name}" is nested deeper than ${MAX_NESTING} levels.`;
    throw new InvalidOptionError(schema.name, problem, 'Write such rows by requests of their own.');
  }
  const target = targetOf(field);
  const inner = options.input ?? derivedInput(target.model);
  const basis = inputBasisOf(inner);
  if (basis && basis.model !== target.model) {
    const problem = `the input of "${field.name}" is derived from ${basis.model.name}.`;
    throw new InvalidOptionError(schema.name, problem, `Derive it from ${target.name}.`);
  }
  const back = field.relation?.kind === 'oneToMany' ? field.relation.mappedBy : undefined;
  // Nothing is passed over: an object with a key would look like one that names an existing row.
  const input = compile(inner, { ignored: new Set(), relatedRows, allowedExtensions, fixed: back }, depth + 1);
  if (input.uploads.size) {
    const [file = ''] = input.uploads.keys();
    const problem = `the objects of "${field.name}" have the file "${file}": files come in forms, and forms have no objects.`;
    throw new InvalidOptionError(schema.name, problem, `Derive their input with omit: ['${file}'].`);
  }
  return new NestedRelation(schema.name, field, input, options);
}

/** Objects in the place of a relation would be checked and then written by nobody. */
function checkUndeclared(
  schema: InputClass,
  fields: ReadonlyMap<string, FieldDefinition>,
  rules: ClassRules,
  nested: ReadonlyMap<string, NestedRelation>,
): void {
  for (const { name, relation } of fields.values()) {
    const isNested = (['value', 'items'] as const).some((of) => rules.rulesOf(name, of).has('nestedValidation'));
    if (!relation || nested.has(name) || !isNested) continue;
    const problem = `"${name}" is validated as a nested object, but nothing says that it may be written.`;
    throw new InvalidOptionError(schema.name, problem, `Derive it with nested: { ${name}: ['create'] }.`);
  }
}

interface ModelPart {
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  readonly nested: readonly (readonly [FieldDefinition, NestedRelationOptions])[];
  readonly optional: (name: string) => boolean;
}

function modelPart(schema: InputClass, except?: string): ModelPart {
  const basis = inputBasisOf(schema);
  if (!basis) return { fields: new Map(), nested: [], optional: () => false };
  const { model, options } = basis;
  const { partial, pick, nested = {} } = options;
  const names = Object.keys(nested);
  const isOffered = (field: FieldDefinition) => isWritable(field) || (names.includes(field.name) && isNestable(field));
  const selection = { ...options, ...(pick && { pick: [...new Set([...pick, ...names])] }) };
  const fields = new Map(selectFields(schema.name, model, isOffered, selection));
  if (except !== undefined) fields.delete(except);
  if (Array.isArray(partial)) checkNames(schema.name, 'partial', partial as string[], [...fields.keys()]);
  checkNames(
    schema.name,
    'nested',
    names,
    [...modelDefinition(model).fields.values()].filter(isNestable).map(({ name }) => name),
  );
  const relations = [...fields.values()].flatMap((field) => {
    const said = nested[field.name];
    return said ? [[field, 'allow' in said ? said : { allow: said }] as const] : [];
  });
  return {
    fields,
    nested: relations,
    optional: (name) => partial === true || (partial?.includes(name) ?? false),
  };
}

/** Relations that hold a key, name pairs, or are pointed to by rows that belong to this one. */
function isNestable({ relation, hidden, readOnly }: FieldDefinition): boolean {
  if (!relation || hidden) return false;
  return relation.kind === 'oneToMany' || (relation.owner && !readOnly);
}
