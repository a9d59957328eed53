import { ORDERING_PARAMETER } from '../filtering/ordering.js';
import type { Listing } from '../resource/listing.js';

type Node = Record<string, unknown>;

/** The query parameters that a list knows. */
export function listParameters({ rules, pagination }: Listing): Node[] {
  const { filters, search, ordering } = rules;
  const described = [...filters.values(), ...(search ? [search] : []), ...(pagination?.parameters ?? [])];
  const parameters = described.map(({ name, schema, description }) => query(name, schema, description));
  const at = filters.size + (search ? 1 : 0);
  return ordering.allowed.length ? parameters.toSpliced(at, 0, orderingParameter(ordering.allowed)) : parameters;
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
