import { type FieldError, NON_FIELD_ERRORS } from '@core-framework/common';
import { compileFieldParser, type FieldDefinition } from '@core-framework/orm';
import { plainToInstance } from 'class-transformer';
import { ClassRules } from './class-rules.js';
import { InputErrors, UNKNOWN_FIELD } from './input-problems.js';
import { type InputClass, inputBasisOf, isPlainInput, isWritable, type SelfValidating } from './input-schema.js';
import type { RelatedRows } from './related-rows.js';
import { checkNames, selectFields } from './schema-basis.js';

/** How an input is read: with which strictness, and about which row. */
interface InputReading {
  /** Whether only what was sent counts (PATCH). */
  readonly partial: boolean;
  /** The row that is changed; absent when one is created. */
  readonly instance?: object;
}

/** A schema of input, ready to read bodies. */
export interface CompiledInput {
  readonly schema: InputClass;
  /** The model's fields that it takes. */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** The fields that must be there. */
  readonly required: ReadonlySet<string>;
  /** The rules that the class adds, and the fields that only they know. */
  readonly rules: ClassRules;
  readonly extras: ReadonlySet<string>;
  /**
   * Checks a parsed body and makes an instance of the schema of it.
   *
   * @throws InvalidInputException with all errors at once; the whole-object check runs only if there are none yet.
   */
  read(body: unknown, reading: InputReading): Promise<object>;
}

/** What is needed to compile an input beyond its class. */
export interface InputSurroundings {
  /** Keys of a body that are passed over: what clients are shown and may send back unchanged. */
  readonly ignored: ReadonlySet<string>;
  /** A field that the path sets, so that no body may. */
  readonly fixed?: string;
  readonly relatedRows: RelatedRows;
}

/** Compiles a derived schema, or any class with class-validator rules. */
export function compileInput(
  schema: InputClass,
  { ignored: shown, relatedRows, fixed }: InputSurroundings,
): CompiledInput {
  const { fields: declared, optional } = modelPart(schema);
  const fields = new Map([...declared].filter(([name]) => name !== fixed));
  const ignored = fixed === undefined ? shown : new Set([...shown, fixed]);
  const rules = new ClassRules(schema);
  const extras = new Set([...rules.properties].filter((property) => !fields.has(property) && property !== fixed));
  const parsers = new Map([...fields].map(([name, field]) => [name, compileFieldParser(field)]));
  const relations = [...fields.values()].filter(({ relation }) => relation);
  const documents = [...fields.values()].filter(({ kind }) => kind === 'json').map(({ name }) => name);
  const required = new Set([
    ...[...fields.values()].filter((field) => field.required && !optional(field.name)).map(({ name }) => name),
    ...[...extras].filter((name) => !rules.isOptional(name) && !hasInitialiser(schema, name)),
  ]);

  async function read(body: unknown, reading: InputReading): Promise<object> {
    const errors = new InputErrors();
    const values = parse(body === undefined ? {} : body, reading, errors);
    for (const relation of relations) {
      const missing = await relatedRows.findMissing(relation, values[relation.name]);
      if (missing.length) errors.add(relation.name, missing);
    }
    const instance = isPlainInput(schema)
      ? Object.assign(new schema(), values)
      : instantiate(schema, values, reading.partial, documents);
    if (!rules.isEmpty) {
      for (const [path, found] of await rules.check(instance)) {
        // Rules of an application speak of values; whether there must be one is what the field says.
        if (values[path] !== null || !fields.get(path)?.nullable) errors.add(path, found);
      }
    }
    errors.throwIfAny();
    await validateWhole(instance, reading, errors);
    return instance;
  }

  function parse(body: unknown, { partial }: InputReading, errors: InputErrors): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      errors.add(NON_FIELD_ERRORS, [notAnObject(body)]);
      errors.throwIfAny();
      return values;
    }
    for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
      const parser = parsers.get(name);
      if (parser) {
        const outcome = parser(value);
        if (outcome.errors) errors.add(name, outcome.errors);
        else values[name] = outcome.value;
      } else if (extras.has(name)) {
        const reserved = reservedKeyIn(value);
        if (reserved !== undefined) errors.add(name, [reservedKey(reserved)]);
        else values[name] = typeof value === 'string' ? value.trim() : value;
      } else if (!ignored.has(name)) {
        errors.add(name, [UNKNOWN_FIELD]);
      }
    }
    if (!partial) {
      for (const name of required) {
        if (!Object.hasOwn(body, name)) errors.add(name, [{ code: 'required', message: 'This field is required.' }]);
      }
    }
    return values;
  }

  return { schema, fields, required, rules, extras, read };
}

function modelPart(schema: InputClass): Pick<CompiledInput, 'fields'> & { optional: (name: string) => boolean } {
  const basis = inputBasisOf(schema);
  if (!basis) return { fields: new Map(), optional: () => false };
  const { model, options } = basis;
  const fields = selectFields(schema.name, model, isWritable, options);
  if (Array.isArray(options.partial))
    checkNames(schema.name, 'partial', options.partial as string[], [...fields.keys()]);
  const { partial } = options;
  return { fields, optional: (name) => partial === true || (partial?.includes(name) ?? false) };
}

/**
 * Runs the class's own transforms (class-transformer) and, for a whole object, its initialisers. JSON documents are kept
 * from it: it would copy them without the keys that objects have methods for, `toString` and the like.
 */
function instantiate(
  schema: InputClass,
  values: Record<string, unknown>,
  partial: boolean,
  documents: readonly string[],
): object {
  const kept = Object.fromEntries(
    documents.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]),
  );
  const transformable = Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(kept, name)));
  const made = plainToInstance(schema, transformable, { exposeDefaultValues: true }) as Record<string, unknown>;
  const instance = Object.assign(made, kept);
  if (partial) for (const name of Object.keys(instance)) if (!Object.hasOwn(values, name)) delete instance[name];
  return instance;
}

async function validateWhole(
  instance: object,
  { partial, instance: row }: InputReading,
  errors: InputErrors,
): Promise<void> {
  const { validate } = instance as Partial<SelfValidating>;
  if (typeof validate !== 'function') return;
  const problems = await validate.call(instance, { partial, instance: row });
  if (problems) errors.addProblems(problems);
  errors.throwIfAny();
}

/** A key, at any depth, that class-transformer would drop, or take for the class to make: `toString`, `constructor`. */
function reservedKeyIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = key in Object.prototype ? key : reservedKeyIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function reservedKey(name: string): FieldError {
  return { code: 'reserved_key', message: `A key "${name}" is not allowed.` };
}

function hasInitialiser(schema: InputClass, name: string): boolean {
  return (new schema() as Record<string, unknown>)[name] !== undefined;
}

function notAnObject(body: unknown): FieldError {
  if (body === null) return { code: 'null', message: 'No data provided.' };
  const kind = Array.isArray(body) ? 'list' : typeof body;
  return { code: 'invalid', message: `Invalid data. Expected an object, but got ${kind}.` };
}
