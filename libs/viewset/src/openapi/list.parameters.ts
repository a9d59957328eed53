import { ORDERING_PARAMETER } from '../filtering/ordering.js';
import type { QueryParameter } from '../pagination/pagination.js';
import type { Listing } from '../resource/listing.js';

type Node = Record<string, unknown>;

/** The query parameters that a list knows. */
export function listParameters({ rules, pagination }: Listing): Node[] {
  const { filters, search, ordering, shapes } = rules;
  const described: readonly QueryParameter[] = [
    ...filters.values(),
    ...(search ? [search] : []),
    ...(shapes?.parameters ?? []),
    ...(pagination?.parameters ?? []),
  ];
  const parameters = described.map(queryParameter);
  const at = filters.size + (search ? 1 : 0);
  return ordering.allowed.length ? parameters.toSpliced(at, 0, orderingParameter(ordering.allowed)) : parameters;
}

/** Describes one parameter of a query string. */
export function queryParameter({ name, schema, description, isList = false }: QueryParameter): Node {
  const style = isList && { style: 'form', explode: false };
  return { name, in: 'query', required: false, ...(description && { description }), schema, ...style };
}

function orderingParameter(names: readonly string[]): Node {
  const choices = names.flatMap((name) => [name, `-${name}`]);
  const schema = { type: 'array', items: { type: 'string', enum: choices } };
  const description = 'What to sort by, in this order; a hyphen reverses.';
  return queryParameter({ name: ORDERING_PARAMETER, schema, description, isList: true });
}
