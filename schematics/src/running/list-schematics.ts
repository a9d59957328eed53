import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COLLECTION } from './run-schematic.js';

/** An option of a generator, as its schema describes it. */
export interface SchematicOption {
  readonly type?: 'string' | 'boolean' | 'array' | 'number' | 'integer';
  readonly description?: string;
  readonly default?: unknown;
  readonly alias?: string;
  readonly enum?: readonly string[];
  /** Where a value comes from that has no name on the command line. */
  readonly $default?: { readonly $source: string; readonly index?: number };
}

/** A generator of this package. */
export interface SchematicDescription {
  /** In the collection: `core-resource`. */
  readonly name: string;
  readonly description: string;
  readonly options: Readonly<Record<string, SchematicOption>>;
  /** Options that it cannot do without. */
  readonly required: readonly string[];
}

interface Schema {
  readonly properties?: SchematicDescription['options'];
  readonly required?: readonly string[];
}

interface Collection {
  readonly schematics: Readonly<
    Record<string, { readonly description: string; readonly schema?: string; readonly hidden?: boolean }>
  >;
}

/** The generators of this package, without those of Nest that the collection has as well. */
export function listSchematics(): readonly SchematicDescription[] {
  const { schematics } = readJson<Collection>(COLLECTION);
  return Object.entries(schematics)
    .filter(([, { hidden }]) => !hidden)
    .map(([name, { description, schema }]) => {
      const { properties = {}, required = [] } = schema ? readJson<Schema>(join(dirname(COLLECTION), schema)) : {};
      return { name, description, options: properties, required };
    });
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
