import { type ClassRules, type FieldError, isFormBody, NON_FIELD_ERRORS, UploadedFile } from '@core-framework/common';
import type { FieldDefinition, ValueParser } from '@core-framework/orm';
import { plainToInstance } from 'class-transformer';
import { isVerbatim } from '../decorators/verbatim.decorator.js';
import type { NowOrLater } from '../pipeline/later.js';
import { brokenRules } from './broken-rules.js';
import { InputDraft } from './input-draft.js';
import { InputErrors, UNKNOWN_FIELD } from './input-problems.js';
import { type InputClass, isPlainInput, type SelfValidating } from './input-schema.js';
import { draftsIn, type NestedRelation } from './nested-relation.js';
import { hasTooMany, keysIn, missing, type RelatedRows, type RelationScope, TOO_MANY } from './related-rows.js';
import { targetOf } from './schema-basis.js';
import type { UploadRules } from '../uploads/upload-rules.js';

/** How an input is read: with which strictness, and about which row. */
export interface InputReading {
  /** Whether only what was sent counts (PATCH). */
  readonly partial: boolean;
  /** The row that is changed; absent when one is created. */
  readonly instance?: object;
  /** Which rows may be related to. @defaultValue all */
  readonly scope?: RelationScope;
}

/** What an input is made of. */
export interface InputParts {
  readonly schema: InputClass;
  /** The model's fields that it takes. */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  readonly parsers: ReadonlyMap<string, ValueParser>;
  /** The relations that are written along with the row. */
  readonly nested: ReadonlyMap<string, NestedRelation>;
  /** The fields that must be there. */
  readonly required: ReadonlySet<string>;
  /** The rules that the class adds, and the fields that only they know. */
  readonly rules: ClassRules;
  readonly extras: ReadonlySet<string>;
  /** Keys of a body that are passed over: what clients are shown and may send back unchanged. */
  readonly ignored: ReadonlySet<string>;
  readonly relatedRows: RelatedRows;
  /** What the files of file fields are held to. */
  readonly uploads: ReadonlyMap<string, UploadRules>;
  /** Reads the fields of forms, in which everything but files is text. */
  readonly textParsers: ReadonlyMap<string, ValueParser>;
}

/** A schema of input, ready to read bodies: field by field, then the rows they point to, then as a whole. */
export class CompiledInput {
  readonly schema: InputParts['schema'];
  readonly fields: InputParts['fields'];
  readonly nested: InputParts['nested'];
  readonly required: InputParts['required'];
  readonly rules: InputParts['rules'];
  readonly extras: InputParts['extras'];
  readonly uploads: InputParts['uploads'];
  readonly #parts: InputParts;
  readonly #relations: readonly FieldDefinition[];
  /** Fields whose values class-transformer must not touch. */
  readonly #untouched: readonly string[];
  readonly #isPlain: boolean;
  /** Whether each field is judged for itself, and nothing else. */
  readonly #judgesFieldsOnly: boolean;
  /** Whether more may have to be there than {@link required} names. */
  readonly #judgesPresence: boolean;

  constructor(parts: InputParts) {
    this.schema = parts.schema;
    this.fields = parts.fields;
    this.nested = parts.nested;
    this.required = parts.required;
    this.rules = parts.rules;
    this.extras = parts.extras;
    this.uploads = parts.uploads;
    this.#parts = parts;
    const fields = [...parts.fields.values()];
    this.#relations = fields.filter(({ relation }) => relation);
    this.#untouched = fields
      .filter(({ kind, file, name }) => kind === 'json' || file || parts.nested.has(name))
      .map(({ name }) => name);
    this.#isPlain = isPlainInput(parts.schema);
    this.#judgesPresence = parts.rules.judgesPresence;
    const judgesMore = this.#relations.length + parts.nested.size + parts.uploads.size > 0 || !parts.rules.isEmpty;
    this.#judgesFieldsOnly = !judgesMore && !('validate' in parts.schema.prototype);
  }

  /**
   * Checks a parsed body and makes an instance of the schema of it; a promise only when something is to be looked up, or
   * the schema has rules of its own.
   *
   * @throws InvalidInputException with all errors at once; the whole-object check runs only if there are none yet.
   */
  read(body: unknown, reading: InputReading): NowOrLater<object> {
    if (!this.#judgesFieldsOnly) return this.#readLater(body, reading);
    const { values, errors } = this.draft(body, reading);
    errors.throwIfAny();
    return this.#instantiate(values, reading.partial);
  }

  async #readLater(body: unknown, reading: InputReading): Promise<object> {
    const draft = this.draft(body, reading);
    await this.#findRelated([draft], reading.scope);
    if (this.uploads.size) await this.#checkUploads(draft);
    const instance = await this.#finish(draft);
    draft.errors.throwIfAny();
    return instance;
  }

  /**
   * Checks several bodies as {@link read} checks one, with the queries of one.
   *
   * @throws InvalidInputException with all errors by index: `2.title`.
   */
  async readMany(bodies: readonly unknown[], readings: (index: number) => InputReading): Promise<object[]> {
    const drafts = bodies.map((body, index) => this.draft(body, readings(index)));
    await this.#findRelated(drafts, drafts[0]?.reading.scope);
    const errors = new InputErrors();
    const instances: object[] = [];
    for (const [index, draft] of drafts.entries()) {
      instances.push(await this.#finish(draft));
      errors.addBelow(String(index), draft.errors);
    }
    errors.throwIfAny();
    return instances;
  }

  /** Whether JSON, which holds no files, can say all that must be said. */
  takesJson(partial: boolean): boolean {
    return partial || ![...this.uploads.keys()].some((name) => this.required.has(name));
  }

  /** Reads a body field by field, as far as that goes without asking the database. */
  draft(sent: unknown, reading: InputReading, path?: string): InputDraft {
    const body = sent === undefined ? {} : sent;
    const draft = new InputDraft(reading, path);
    const { values, errors } = draft;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      errors.add(NON_FIELD_ERRORS, [notAnObject(body)]);
      return draft;
    }
    const isForm = isFormBody(body);
    const { ignored } = this.#parts;
    const parsers = isForm ? this.#parts.textParsers : this.#parts.parsers;
    for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
      const nested = this.nested.get(name);
      const parser = parsers.get(name);
      if (nested) {
        values[name] = nested.read(isForm ? jsonIn(value) : value, errors);
      } else if (parser) {
        const outcome = parser(value);
        if (outcome.errors) errors.add(name, outcome.errors);
        else values[name] = outcome.value;
      } else if (this.extras.has(name)) {
        const refused = refusalOf(value);
        if (refused) errors.add(name, [refused]);
        else values[name] = typeof value === 'string' && !isVerbatim(this.schema, name) ? value.trim() : value;
      } else if (!ignored.has(name)) {
        errors.add(name, [UNKNOWN_FIELD]);
      }
    }
    if (!reading.partial) {
      for (const name of this.required) if (!Object.hasOwn(body, name)) errors.add(name, [REQUIRED]);
    }
    return draft;
  }

  /** Looks for the rows that drafts point to: one query per relation, however many drafts there are. */
  async #findRelated(drafts: readonly InputDraft[], scope: RelationScope | undefined, path = ''): Promise<void> {
    for (const relation of this.#relations) {
      const { name } = relation;
      const wanted = drafts.flatMap((draft) => this.#keysOf(draft, relation));
      if (wanted.length) {
        const keys = wanted.map(({ key }) => key);
        const allowed = await scope?.(`${path}${name}`);
        const found = await this.#parts.relatedRows.existing(targetOf(relation), keys, allowed);
        for (const { draft, at, key } of wanted) if (!found.has(String(key))) draft.errors.add(at, [missing(key)]);
      }
      const nested = this.nested.get(name);
      const inner = nested ? drafts.flatMap(({ values }) => draftsIn(values[name])) : [];
      if (nested && inner.length) await nested.input.#findRelated(inner, scope, `${path}${name}.`);
    }
  }

  async #checkUploads({ values, errors }: InputDraft): Promise<void> {
    for (const [name, rules] of this.uploads) {
      const value = values[name];
      const refused = value instanceof UploadedFile ? await rules.check(value) : [];
      if (refused.length) errors.add(name, refused);
    }
  }

  #keysOf(draft: InputDraft, { name }: FieldDefinition): { draft: InputDraft; at: string; key: unknown }[] {
    const value = draft.values[name];
    if (hasTooMany(value)) {
      draft.errors.add(name, [TOO_MANY]);
      return [];
    }
    const isNestedList = this.nested.has(name) && Array.isArray(value);
    return keysIn(value)
      .map((key, index) => ({ draft, at: isNestedList ? `${name}.${index}` : name, key }))
      .filter(({ key }) => key !== undefined && !(key instanceof InputDraft));
  }

  /** Makes the instance and has it checked by its class's rules and by itself; errors are left in the draft. */
  async #finish(draft: InputDraft): Promise<object> {
    const { values, errors, reading } = draft;
    for (const [name, { input }] of this.nested) {
      const made = new Map<InputDraft, object>();
      for (const inner of draftsIn(values[name])) {
        made.set(inner, await input.#finish(inner));
        errors.addBelow(inner.path, inner.errors);
      }
      if (made.size) values[name] = replaced(values[name], made);
    }
    const instance = this.#instantiate(values, reading.partial);
    if (!this.rules.isEmpty) {
      for (const [path, found] of await brokenRules(instance)) {
        // Rules of an application speak of values; whether there must be one is what the field says.
        if (values[path] !== null || !this.fields.get(path)?.nullable) errors.add(path, found);
      }
      const absent = this.#judgesPresence ? this.#missingIn(instance, reading) : [];
      for (const path of absent) errors.add(path, [REQUIRED]);
    }
    if (errors.isEmpty) await validateWhole(instance, reading, errors);
    return instance;
  }

  /** What objects inside must have and have not, and what rules ask for only sometimes (`@ValidateIf()`). */
  #missingIn(instance: object, { partial }: InputReading): readonly string[] {
    const isAsked = (name: string) => !partial && this.extras.has(name) && this.rules.isConditional(name);
    // Rows that are written along were judged by their own input.
    return this.rules.missingIn(instance, isAsked).filter((path) => !this.nested.has(path.split('.', 1)[0] ?? ''));
  }

  /**
   * Runs the class's own transforms (class-transformer) and, for a whole object, its initialisers. JSON documents are
   * kept from it: it would copy them without the keys that objects have methods for, `toString` and the like.
   */
  #instantiate(values: Record<string, unknown>, partial: boolean): object {
    const { schema } = this;
    if (this.#isPlain) return Object.assign(new schema(), values);
    const isKept = (name: string) => this.#untouched.includes(name);
    const transformable = Object.fromEntries(Object.entries(values).filter(([name]) => !isKept(name)));
    const kept = Object.fromEntries(Object.entries(values).filter(([name]) => isKept(name)));
    const made = plainToInstance(schema, transformable, { exposeDefaultValues: true }) as Record<string, unknown>;
    const instance = Object.assign(made, kept);
    if (partial) for (const name of Object.keys(instance)) if (!Object.hasOwn(values, name)) delete instance[name];
    return instance;
  }
}

const REQUIRED: FieldError = { code: 'required', message: 'This field is required.' };

/** What a text of a form holds, when that is a list or an object; other values stay what they are. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function replaced(value: unknown, made: ReadonlyMap<InputDraft, object>): unknown {
  if (value instanceof InputDraft) return made.get(value);
  return (value as readonly unknown[]).map((item) => (item instanceof InputDraft ? made.get(item) : item));
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
}

/** The deepest that lists and objects may be nested in a field that only rules know: as deep as in a JSON field. */
const MAX_DEPTH = 100;

/**
 * What is wrong with a value at any depth: a key that class-transformer would drop, or take for the class to make
 * (`toString`, `constructor`), or more levels than it can walk through.
 */
function refusalOf(value: unknown, depth = 0): FieldError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  for (const [key, inner] of Object.entries(value)) {
    const found = key in Object.prototype ? reservedKey(key) : refusalOf(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const TOO_DEEP: FieldError = { code: 'too_deep', message: `Nest no deeper than ${MAX_DEPTH} levels.` };

function reservedKey(name: string): FieldError {
  return { code: 'reserved_key', message: `A key "${name}" is not allowed.` };
}

function notAnObject(body: unknown): FieldError {
  if (body === null) return { code: 'null', message: 'No data provided.' };
  const kind = Array.isArray(body) ? 'list' : typeof body;
  return { code: 'invalid', message: `Invalid data. Expected an object, but got ${kind}.` };
}
