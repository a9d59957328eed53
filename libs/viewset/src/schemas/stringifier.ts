import fastJson from 'fast-json-stringify';
import type { OutputProperty } from './output-property.js';

/** Writes one representation as JSON. */
export type Stringify = (representation: object) => string;

type Shape = fastJson.Schema;
type ObjectShape = fastJson.ObjectSchema;

const PLAIN_TYPES = ['string', 'integer', 'number', 'boolean'] as const;

/**
 * Compiles the function that writes a schema's representations. It is compiled on first use: most schemas of an
 * application are written long after it has started, and some never.
 */
export function stringifierOf(properties: readonly OutputProperty[]): Stringify {
  let compiled: Stringify | undefined;
  return (representation) => (compiled ??= compile(properties))(representation);
}

/** Rows that are written before compiling pays. */
const PATIENCE = 100;

/** Does the same for a shape that may never be asked for again: it is compiled once it has proved to be in use. */
export function patientStringifierOf(properties: readonly OutputProperty[]): Stringify {
  const compiled = stringifierOf(properties);
  let written = 0;
  return (representation) => (++written > PATIENCE ? compiled(representation) : JSON.stringify(representation));
}

function compile(properties: readonly OutputProperty[]): Stringify {
  return fastJson(shapeOf(properties));
}

function shapeOf(properties: readonly OutputProperty[]): ObjectShape {
  const entries = properties.map((property) => [property.name, propertyShape(property)] as const);
  return { type: 'object', properties: Object.fromEntries(entries) };
}

function propertyShape({ schema, nested, many }: OutputProperty): Shape {
  if (nested) {
    const item = shapeOf(nested.properties);
    return many ? { type: 'array', items: item } : { ...item, nullable: true };
  }
  const stated: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  const type = PLAIN_TYPES.find((plain) => plain === stated);
  // Whatever is no plain value is written as it is.
  return type ? { type, nullable: true } : ({} as Shape);
}
