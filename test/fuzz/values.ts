import { randomUUID } from 'node:crypto';
import { type OpenApi, resolve, type Schema } from './openapi-document.js';
import type { Random } from './random.js';

/** Values that break what was not thought of. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  ' ',
  '\0',
  '\ud800',
  'x'.repeat(5000),
  "'; drop table posts; --",
  '%',
  '_',
  '\\',
  '<script>',
  '../../etc/passwd',
  '${7*7}',
  '1e400',
  'NaN',
  [],
  [[]],
  {},
  { $ne: null },
  { id: 1 },
  ['x', null],
  'ﷺ'.repeat(100),
  '2026-02-30',
  '9'.repeat(400),
];

const WORDS = ['nest', 'Fastify', 'straße', 'İstanbul', '日本語', "O'Brien", 'a%b_c', '50%', 'x\\y', '"quoted"', '🙂'];

const day = (random: Random) => `2026-0${random.between(1, 9)}-1${random.between(0, 9)}`;

const FORMATS: Readonly<Record<string, (random: Random, number: number) => string>> = {
  email: (_random, number) => `user${number}@example.com`,
  uri: (_random, number) => `https://example.com/${number}`,
  uuid: () => randomUUID(),
  date: day,
  'date-time': (random) => `${day(random)}T10:00:00Z`,
  time: (random) => `1${random.between(0, 9)}:30:00`,
  decimal: (random) => String(random.between(0, 99)),
};

/** Makes values for the schemas of a document. */
export class Values {
  /** Names of properties, of all schemas that the document has. */
  readonly #shown: ReadonlySet<string>;

  constructor(
    private readonly document: OpenApi,
    private readonly random: Random,
  ) {
    const schemas = Object.values((document.components as { schemas?: Record<string, Schema> })?.schemas ?? {});
    this.#shown = new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)));
  }

  hostile(): unknown {
    return this.random.pick(HOSTILE);
  }

  /** A value that the schema allows. */
  valid(given: Schema): unknown {
    const schema = resolve(this.document, given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.random.pick(schema.enum);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives) return this.valid(this.random.pick(alternatives));
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => this.valid(part)));
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['string', 'integer', 'boolean']);
    return this.#ofType(this.random.pick(types), schema);
  }

  #ofType(type: string, schema: Schema): unknown {
    switch (type) {
      case 'null':
        return null;
      case 'boolean':
        return this.random.chance(0.5);
      case 'integer':
        return this.random.between(Math.max(schema.minimum ?? 0, -5), Math.min(schema.maximum ?? 50, 50));
      case 'number':
        return this.random.between(0, 5000) / 100;
      case 'array':
        return this.#list(schema);
      case 'object':
        return this.#object(schema);
      default:
        return this.#text(schema);
    }
  }

  #list({ items = {}, minItems = 0, maxItems = 3 }: Schema): unknown[] {
    const length = this.random.between(minItems, Math.max(minItems, Math.min(maxItems, 3)));
    return [...new Set(Array.from({ length }, () => this.valid(items)))];
  }

  #object({ properties = {}, required = [] }: Schema): Record<string, unknown> {
    const names = Object.keys(properties).filter((name) => required.includes(name) || this.random.chance(0.6));
    return Object.fromEntries(names.map((name) => [name, this.valid(properties[name] as Schema)]));
  }

  #text({ format, pattern, minLength = 0, maxLength = 40 }: Schema): string {
    const number = this.random.between(0, 99_999);
    const formatted = format && FORMATS[format]?.(this.random, number);
    if (formatted) return formatted;
    // Patterns in the documents are those of slugs, colours and the like, all of which a plain word satisfies or none does.
    if (pattern) return pattern.includes('#') ? '#a1b2c3' : `word-${number}`;
    return `${this.random.pick(WORDS)} ${number}`
      .padEnd(minLength, 'x')
      .slice(0, Math.max(minLength, Math.min(maxLength, 60)));
  }

  /** What is left of a body, and of the items of one, without the names that rows are shown with and inputs lack. */
  withoutUnknown(given: Schema, body: unknown): unknown {
    const schema = resolve(this.document, given);
    if (Array.isArray(body)) return body.map((item) => this.withoutUnknown(schema.items ?? {}, item));
    if (typeof body !== 'object' || body === null) return body;
    const known = Object.keys(schema.properties ?? {});
    return Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name) || !this.#shown.has(name)));
  }

  /** A body that the schema allows, with one thing about it changed. */
  broken(schema: Schema): unknown {
    const body = this.valid(schema);
    if (typeof body !== 'object' || body === null || this.random.chance(0.05)) return this.hostile();
    const names = Object.keys(resolve(this.document, schema).properties ?? {});
    const copy: Record<string, unknown> = { ...body };
    if (names.length === 0 || this.random.chance(0.1)) copy[this.random.pick(['surprise', 'id__gt', '$where'])] = 1;
    else if (this.random.chance(0.2)) delete copy[this.random.pick(names)];
    else copy[this.random.pick(names)] = this.hostile();
    return copy;
  }
}
