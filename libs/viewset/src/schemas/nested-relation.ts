import { compileFieldParser, type FieldDefinition } from '@core-framework/orm';
import type { FieldError } from '@core-framework/common';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import type { CompiledInput } from './compiled-input.js';
import type { InputErrors } from './input-problems.js';
import { InputDraft } from './input-draft.js';
import type { NestedRelationOptions, NestedVerb } from './input-schema.js';

const VERBS: readonly NestedVerb[] = ['create', 'connect', 'set'];
const MAX_ITEMS = 100;

/** A relation that is written along with its row, ready to read its part of a body. */
export class NestedRelation {
  readonly maxItems: number;
  readonly #allowed: ReadonlySet<NestedVerb>;
  readonly #parseKey: (value: unknown) => ReturnType<ReturnType<typeof compileFieldParser>>;

  /** @throws InvalidOptionError when the verbs make no sense. */
  constructor(
    schema: string,
    readonly field: FieldDefinition,
    /** Checks the objects that rows are made of. */
    readonly input: CompiledInput,
    { allow, maxItems = MAX_ITEMS }: NestedRelationOptions,
  ) {
    const wrong = allow.find((verb) => !VERBS.includes(verb));
    const problem =
      wrong !== undefined || allow.length === 0
        ? `"${field.name}" is nested with the verbs ${JSON.stringify(allow)}.`
        : allow.includes('set') && !field.relation?.many
          ? `"${field.name}" leads to one row, which is replaced by naming another: there is nothing to set.`
          : undefined;
    if (problem) throw new InvalidOptionError(schema, problem, `Use some of ${VERBS.join(', ')}.`);
    if (!Number.isInteger(maxItems) || maxItems < 1) {
      throw new InvalidOptionError(schema, `"maxItems" of "${field.name}" is ${maxItems}.`, 'Give a number from 1 on.');
    }
    this.maxItems = maxItems;
    this.#allowed = new Set(allow);
    const parse = compileFieldParser(field);
    this.#parseKey = field.relation?.many ? (value) => unlisted(parse([value])) : parse;
  }

  allows(verb: NestedVerb): boolean {
    return this.#allowed.has(verb);
  }

  /** Reads the relation's value: keys and drafts of rows to be made, one or a list as the relation is. */
  read(value: unknown, errors: InputErrors): unknown {
    const { name, relation, nullable } = this.field;
    if (!relation?.many) {
      if (value === null && nullable) return null;
      return this.#item(name, value, errors);
    }
    if (!Array.isArray(value)) {
      errors.add(name, [{ code: 'not_a_list', message: 'Expected a list of items.' }]);
      return undefined;
    }
    if (value.length > this.maxItems) {
      const message = `Ensure this field has no more than ${this.maxItems} items.`;
      errors.add(name, [{ code: 'max_length', message }]);
      return undefined;
    }
    const items = value.map((item, index) => this.#item(`${name}.${index}`, item, errors));
    return [...new Set(items)];
  }

  #item(path: string, value: unknown, errors: InputErrors): unknown {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (this.allows('create')) return this.input.draft(value, { partial: false }, path);
      errors.add(path, [notAllowed('object', 'created')]);
      return undefined;
    }
    const outcome = this.#parseKey(value);
    if (outcome.errors) errors.add(path, outcome.errors);
    else if (this.allows('connect')) return outcome.value;
    else errors.add(path, [notAllowed('key', 'connected')]);
    return undefined;
  }
}

/** The drafts in a nested relation's value. */
export function draftsIn(value: unknown): readonly InputDraft[] {
  if (value instanceof InputDraft) return [value];
  return Array.isArray(value) ? value.filter((item) => item instanceof InputDraft) : [];
}

function unlisted(outcome: ReturnType<ReturnType<typeof compileFieldParser>>) {
  return outcome.errors ? outcome : { value: (outcome.value as readonly unknown[])[0] };
}

function notAllowed(what: string, done: string): FieldError {
  return {
    code: 'not_allowed',
    message: `An ${what} is not accepted here: rows cannot be ${done} by this field.`.replace('An key', 'A key'),
  };
}
