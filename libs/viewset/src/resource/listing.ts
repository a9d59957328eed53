import { type FieldError, InvalidInputException } from '@core-framework/common';
import { type Clause, type ModelDefinition, Q, type QuerySet } from '@core-framework/orm';
import type { FastifyRequest } from 'fastify';
import type { CompiledFilter } from '../filtering/filter.compiler.js';
import { searchTerms } from '../filtering/search-terms.js';
import type { ListQuery, Pagination } from '../pagination/pagination.js';
import { readQuery } from '../pipeline/query-parameters.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { RelatedRows } from '../schemas/related-rows.js';

export const SEARCH_PARAMETER = 'search';
export const ORDERING_PARAMETER = 'ordering';

/** What a list may be asked for. */
export interface ListingRules {
  readonly model: ModelDefinition;
  readonly filters: ReadonlyMap<string, CompiledFilter>;
  readonly search: readonly string[];
  readonly ordering: readonly string[];
  readonly relatedRows: RelatedRows;
}

/** Reads rows in the form that the answer needs, with further columns where they are plain. */
type ReadRows = (
  rows: QuerySet<object>,
  columns?: readonly string[],
  output?: CompiledOutput,
) => Promise<readonly object[]>;

/** Answers lists: narrows, sorts and cuts rows as the query string asks. */
export class Listing {
  readonly #parameters: ReadonlySet<string>;

  constructor(
    readonly rules: ListingRules,
    /** Absent when lists are sent whole. */
    readonly pagination: Pagination | undefined,
    private readonly readRows: ReadRows,
  ) {
    this.#parameters = new Set([
      ...rules.filters.keys(),
      ...(rules.search.length ? [SEARCH_PARAMETER] : []),
      ...(rules.ordering.length ? [ORDERING_PARAMETER] : []),
      ...(pagination?.parameters.map(({ name }) => name) ?? []),
    ]);
  }

  /** The same list cut into other pages. */
  withPagination(pagination: Pagination | undefined): Listing {
    return new Listing(this.rules, pagination, this.readRows);
  }

  /**
   * Reads the rows that the query asks for: a page of them, or all when lists are sent whole.
   *
   * @throws InvalidInputException naming every parameter that is unknown, said twice or has a value of a wrong type.
   */
  async list<T extends object>(all: QuerySet<T>, request: FastifyRequest, output?: CompiledOutput): Promise<object> {
    const query = readQuery(request, (name) => this.#parameters.has(name));
    const found = this.#narrow(all, query);
    const rows = this.#sort(found, query) as QuerySet<object>;
    const read: ReadRows = async (part, columns) => {
      const result = await this.readRows(part, columns, output);
      if (result.length === 0) await this.#checkRelated(query);
      return result;
    };
    if (!this.pagination) return read(rows);
    const [count, estimate] = [() => found.count(), () => found.estimatedCount()];
    return this.pagination.paginate({ request, query, rows, count, estimate, read });
  }

  #narrow<T extends object>(rows: QuerySet<T>, query: ListQuery): QuerySet<T> {
    const wanted = this.#filtersOf(query);
    const filtered = Object.keys(wanted).length ? rows.where(wanted) : rows;
    return this.#terms(query).reduce((found, term) => found.where(this.#anyFieldHas(term)), filtered);
  }

  /** Puts rows into the order asked for, or leaves them in their own; the primary key decides between equals. */
  #sort<T extends object>(rows: QuerySet<T>, query: ListQuery): QuerySet<T> {
    const asked = this.#ordering(query);
    const key = this.rules.model.primaryKey.name;
    const order = asked.length ? asked : rows.ordering;
    const isDecided = order.some((name) => name.replace(/^-/, '') === key);
    return rows.orderBy(...order, ...(isDecided ? [] : [key]));
  }

  /**
   * Tells a list that is empty because nothing matches from one that was asked for a related row which does not exist.
   *
   * @throws InvalidInputException in the second case.
   */
  async #checkRelated(query: ListQuery): Promise<void> {
    const wanted = this.#filtersOf(query);
    const errors: [string, FieldError[]][] = [];
    for (const { name, field, lookup } of this.rules.filters.values()) {
      if (!field.relation || lookup === 'isnull' || !(name in wanted)) continue;
      const missing = await this.rules.relatedRows.findMissing(field, wanted[name]);
      if (missing.length) errors.push([name, missing]);
    }
    refuse(errors);
  }

  #filtersOf(query: ListQuery): Record<string, unknown> {
    const wanted: Record<string, unknown> = {};
    const errors: [string, readonly FieldError[]][] = [];
    for (const [name, text] of Object.entries(query)) {
      const filter = this.rules.filters.get(name);
      if (!filter || text === undefined) continue;
      const outcome = filter.parse(text);
      if (outcome.errors) errors.push([name, outcome.errors]);
      else wanted[name] = outcome.value;
    }
    refuse(errors);
    return wanted;
  }

  #terms(query: ListQuery): readonly string[] {
    const text = query[SEARCH_PARAMETER] ?? '';
    if (text.includes('\0')) {
      refuse([
        [SEARCH_PARAMETER, [{ code: 'null_characters_not_allowed', message: 'Null characters are not allowed.' }]],
      ]);
    }
    return searchTerms(text);
  }

  #anyFieldHas(term: string): Clause<unknown> {
    const conditions = this.rules.search.map((name): Clause<unknown> => Q({ [`${name}__icontains`]: term }));
    return conditions.reduce((any, one) => any.or(one));
  }

  #ordering(query: ListQuery): readonly string[] {
    const names = (query[ORDERING_PARAMETER] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const unknown = names.filter((name) => !this.rules.ordering.includes(name.replace(/^-/, '')));
    if (unknown.length) {
      const message = `Cannot sort by "${unknown.join('", "')}". Use ${this.rules.ordering.join(', ')}.`;
      refuse([[ORDERING_PARAMETER, [{ code: 'invalid_choice', message }]]]);
    }
    return names;
  }
}

function refuse(errors: readonly (readonly [string, readonly FieldError[]])[]): void {
  if (errors.length) throw new InvalidInputException(Object.fromEntries(errors), 'The query is not valid.');
}
