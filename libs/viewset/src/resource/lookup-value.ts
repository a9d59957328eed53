import { NotFoundException } from '@core-framework/common';
import { compileTextParser, type FieldDefinition, type ModelDefinition, type QuerySet } from '@core-framework/orm';
import { UnknownFieldError } from '../errors/viewset.errors.js';

/** Kinds whose every text may be looked for, whatever rules hold for writing one. */
const TEXTS: readonly string[] = ['string', 'text', 'email', 'url', 'phone', 'slug', 'color', 'enum'];

const OUT_OF_RANGE: readonly string[] = ['max_value', 'min_value'];

/** The value by which a path names a row. */
export class LookupValue {
  readonly field: FieldDefinition;
  readonly #parse: ReturnType<typeof compileTextParser>;

  /** @throws UnknownFieldError unless the field is the primary key or unique. */
  constructor(
    view: string,
    model: ModelDefinition,
    /** Name of the path parameter, and of the field unless that is the primary key. */
    readonly parameter: string,
    lookupField: string | undefined,
  ) {
    const usable = [...model.fields.values()].filter(({ unique, relation }) => unique && !relation);
    const field = lookupField === undefined ? model.primaryKey : usable.find(({ name }) => name === lookupField);
    if (!field)
      throw new UnknownFieldError(
        view,
        lookupField ?? '',
        'lookupField',
        usable.map(({ name }) => name),
      );
    this.field = field;
    this.#parse = TEXTS.includes(field.scalarKind) ? parseAnyText : compileTextParser(field);
  }

  /** @throws NotFoundException when the path holds what cannot be a value of the field; its detail says so. */
  narrow<T extends object>(rows: QuerySet<T>, params: Readonly<Record<string, string>>): QuerySet<T> {
    return rows.where({ [this.field.name]: this.#read(params[this.parameter] ?? '') });
  }

  #read(text: string): unknown {
    const outcome = this.#parse(text);
    if (!outcome.errors) return outcome.value;
    if (outcome.errors.every(({ code }) => OUT_OF_RANGE.includes(code))) throw new NotFoundException();
    const expected = typeName(this.field);
    const detail = {
      error: 'invalid_lookup_value',
      message: `Invalid ${this.field.name} format. Expected ${expected}.`,
      field: this.field.name,
      value: text,
      expected_type: expected,
    };
    throw new NotFoundException(detail);
  }
}

function parseAnyText(text: unknown): ReturnType<ReturnType<typeof compileTextParser>> {
  // No stored text has one, and some databases refuse to compare with it.
  if (String(text).includes('\0')) throw new NotFoundException();
  return { value: text };
}

function typeName({ scalarKind }: FieldDefinition): string {
  return scalarKind === 'bigInteger' ? 'integer' : scalarKind;
}
