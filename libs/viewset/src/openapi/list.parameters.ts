import type { CompiledFilter } from '../filtering/filter.compiler.js';
import { type Listing, ORDERING_PARAMETER, SEARCH_PARAMETER } from '../resource/listing.js';

type Node = Record<string, unknown>;

/** The query parameters that a list knows. */
export function listParameters({ rules, pagination }: Listing): Node[] {
  const { filters, search, ordering } = rules;
  return [
    ...[...filters.values()].map((filter) => query(filter.name, schemaOf(filter))),
    ...(search.length
      ? [query(SEARCH_PARAMETER, { type: 'string' }, `Words that must all occur in ${search.join(', ')}.`)]
      : []),
    ...(ordering.length ? [orderingParameter(ordering)] : []),
    ...(pagination?.parameters ?? []).map(({ name, schema, description }) => query(name, schema, description)),
  ];
}

function query(name: string, schema: object, description?: string): Node {
  return { name, in: 'query', required: false, ...(description && { description }), schema };
}

function orderingParameter(names: readonly string[]): Node {
  const choices = names.flatMap((name) => [name, `-${name}`]);
  const schema = { type: 'array', items: { type: 'string', enum: choices } };
  const description = 'What to sort by, in this order; a hyphen reverses.';
  return { ...query(ORDERING_PARAMETER, schema, description), style: 'form', explode: false };
}

function schemaOf({ field, lookup }: CompiledFilter): Node {
  const { readOnly: _readOnly, default: _default, maxLength: _maxLength, ...rest } = field.jsonSchema;
  const value = field.relation?.many ? (rest['items'] as Node) : notNull(rest);
  switch (lookup) {
    case 'isnull':
      return { type: 'boolean' };
    case 'year':
    case 'month':
    case 'day':
      return { type: 'integer' };
    case 'in':
    case 'range':
      return {
        type: 'string',
        description: lookup === 'in' ? 'Values, separated by commas.' : 'Two values, separated by a comma.',
      };
    case 'exact':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return value;
    case 'iexact':
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'istartswith':
    case 'endswith':
    case 'iendswith':
      return { type: 'string' };
  }
}

function notNull(schema: Node): Node {
  const { type, enum: choices, ...rest } = schema;
  return {
    ...(type !== undefined && { type: Array.isArray(type) ? type.find((one) => one !== 'null') : type }),
    ...(Array.isArray(choices) && { enum: choices.filter((choice) => choice !== null) }),
    ...rest,
  };
}
