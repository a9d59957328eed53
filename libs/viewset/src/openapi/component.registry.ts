import type { JsonSchema } from '@core-framework/orm';
import { envelopeSchema } from '../responses/envelope.js';
import type { OpenApiDocument } from '@core-framework/common';
import type { Pagination } from '../pagination/pagination.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { Expansion } from '../schemas/expansion.js';
import type { OutputShapes } from '../schemas/output-shapes.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { OutputProperty } from '../schemas/output-property.js';
import type { ActionResponse } from '../options/viewset.options.js';
import { inputSchemaOf } from './input.schema.js';

/** A reference to a schema among the document's components. */
export interface SchemaReference {
  readonly $ref: string;
}

/** What clients may choose of what they are shown. */
type ShapeRules = Pick<OutputShapes, 'isSelectable' | 'expansions'>;

/** Puts schemas among a document's components, each once and each under a name of its own. */
export class ComponentRegistry {
  readonly #schemas: Record<string, unknown>;
  readonly #names = new Map<unknown, string>();
  readonly #rules = new Map<object, ShapeRules>();

  constructor(document: OpenApiDocument) {
    this.#schemas = (document.components ??= {})['schemas'] ??= {};
  }

  /** An input; in a bulk update with the property by which it names its row. */
  input(input: CompiledInput, partial: boolean, naming?: readonly [name: string, schema: object]): SchemaReference {
    const name = `${partial ? 'Patched' : ''}${input.schema.name}${naming ? 'Item' : ''}`;
    const schema = inputSchemaOf(input, partial);
    if (!naming) return this.#put(name, schema);
    const { properties, required = [] } = schema as { properties: object; required?: readonly string[] };
    const [key, keySchema] = naming;
    return this.#put(name, {
      ...schema,
      properties: { [key]: keySchema, ...properties },
      required: [...new Set([key, ...required])],
    });
  }

  /** An input as a form, in which files are bytes. */
  form(input: CompiledInput, partial: boolean): SchemaReference {
    return this.#put(`${partial ? 'Patched' : ''}${input.schema.name}Form`, inputSchemaOf(input, partial, true));
  }

  /** What is shown of a row; with `shapes`, as far as clients may choose. */
  output(output: CompiledOutput, shapes?: ShapeRules): SchemaReference {
    const known = this.#names.get(shapes ?? output);
    if (known) return reference(known);
    const { isSelectable = false, expansions } = shapes ?? {};
    const properties = new Map(
      output.properties.map((property) => [property.name, this.#property(property, isSelectable)]),
    );
    for (const [name, expansion] of expansions ?? []) {
      const expanded = this.#expanded(expansion, isSelectable);
      const key = properties.get(name);
      properties.set(name, key ? { anyOf: [key, expanded] } : expanded);
    }
    const required = output.properties.map(({ name }) => name);
    const placed = this.#put(output.schema.name, {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(!isSelectable && { required }),
    });
    this.#names.set(shapes ?? output, nameIn(placed));
    return placed;
  }

  /** An answer that an action describes itself. */
  described({ name, schema }: ActionResponse): SchemaReference {
    return this.#put(name, schema);
  }

  /** The page of an output's rows; each output has its own. */
  page(output: CompiledOutput, pagination: Pagination, shapes?: ShapeRules): SchemaReference {
    const row = this.output(output, shapes);
    return this.#put(`${nameIn(row)}${pagination.schemaSuffix}`, pagination.schemaOf({ ...row }));
  }

  /** An envelope around what is shown. */
  envelope(output: CompiledOutput, data: JsonSchema, meta: JsonSchema | undefined, suffix = ''): SchemaReference {
    const many = data['type'] === 'array' && !suffix ? 'List' : suffix;
    return this.#put(`${output.schema.name}${many}Envelope`, envelopeSchema(data, meta));
  }

  #expanded(expansion: Expansion, isSelectable: boolean): object {
    const { output, expansions, field } = expansion;
    const isPlain = !isSelectable && expansions.size === 0;
    const item = isPlain ? this.output(output) : this.output(output, this.#rulesOf(expansion, isSelectable));
    if (field.relation?.many) return { type: 'array', items: item };
    const isOptional = field.nullable || !field.relation?.owner;
    return isOptional ? { anyOf: [item, { type: 'null' }] } : item;
  }

  /** The same rules for the same expansion, so that its schema is placed once. */
  #rulesOf(expansion: Expansion, isSelectable: boolean): ShapeRules {
    const known = this.#rules.get(expansion) ?? { isSelectable, expansions: expansion.expansions };
    this.#rules.set(expansion, known);
    return known;
  }

  #property({ schema, nested, many }: OutputProperty, isSelectable: boolean): object {
    if (!nested) {
      const { writeOnly: _writeOnly, default: _default, ...shown } = schema;
      return shown;
    }
    const item = this.output(nested, isSelectable ? this.#selectable(nested) : undefined);
    if (many) return { type: 'array', items: item };
    const isNullable = Array.isArray(schema['type']) && schema['type'].includes('null');
    return isNullable ? { anyOf: [item, { type: 'null' }] } : item;
  }

  #selectable(output: CompiledOutput): ShapeRules {
    const known = this.#rules.get(output) ?? { isSelectable: true, expansions: new Map() };
    this.#rules.set(output, known);
    return known;
  }

  /** Two classes may have one name; the second gets a number unless it looks the same. */
  #put(wanted: string, schema: object): SchemaReference {
    const text = JSON.stringify(schema);
    let name = wanted;
    for (let number = 2; name in this.#schemas && JSON.stringify(this.#schemas[name]) !== text; number++)
      name = `${wanted}${number}`;
    this.#schemas[name] = schema;
    return reference(name);
  }
}

function nameIn({ $ref }: SchemaReference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

function reference(name: string): SchemaReference {
  return { $ref: `#/components/schemas/${name}` };
}
