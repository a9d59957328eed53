import type { OpenApiDocument } from '@core-framework/common';
import type { Pagination } from '../pagination/pagination.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { OutputProperty } from '../schemas/output-property.js';
import { inputSchemaOf } from './input.schema.js';

/** A reference to a schema among the document's components. */
export interface SchemaReference {
  readonly $ref: string;
}

/** Puts schemas among a document's components, each once and each under a name of its own. */
export class ComponentRegistry {
  readonly #schemas: Record<string, unknown>;
  readonly #names = new Map<unknown, string>();

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

  output(output: CompiledOutput): SchemaReference {
    const known = this.#names.get(output);
    if (known) return reference(known);
    const properties = output.properties.map((property) => [property.name, this.#property(property)] as const);
    const placed = this.#put(output.schema.name, {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: properties.map(([name]) => name),
    });
    this.#names.set(output, placed.$ref.slice(placed.$ref.lastIndexOf('/') + 1));
    return placed;
  }

  /** The page of an output's rows; each output has its own. */
  page(output: CompiledOutput, pagination: Pagination): SchemaReference {
    const row = this.output(output);
    const name = row.$ref.slice(row.$ref.lastIndexOf('/') + 1);
    return this.#put(`${name}${pagination.schemaSuffix}`, pagination.schemaOf({ ...row }));
  }

  #property({ schema, nested, many }: OutputProperty): object {
    if (!nested) {
      const { writeOnly: _writeOnly, default: _default, ...shown } = schema;
      return shown;
    }
    const item = this.output(nested);
    if (many) return { type: 'array', items: item };
    const isNullable = Array.isArray(schema['type']) && schema['type'].includes('null');
    return isNullable ? { anyOf: [item, { type: 'null' }] } : item;
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

function reference(name: string): SchemaReference {
  return { $ref: `#/components/schemas/${name}` };
}
