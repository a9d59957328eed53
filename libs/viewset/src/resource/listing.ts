import type { QuerySet } from '@core-framework/orm';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import type { CompiledFilter } from '../filtering/field-filter.js';
import { type Ordering, ORDERING_PARAMETER } from '../filtering/ordering.js';
import { type Search, SEARCH_PARAMETER } from '../filtering/search.js';
import type { ListQuery, Pagination } from '../pagination/pagination.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { type ParameterErrors, parameterErrors, refuseParameters } from '../pipeline/query-parameters.js';
import type { OutputShapes } from '../schemas/output-shapes.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { RelatedRows } from '../schemas/related-rows.js';

/** What a list may be asked for. */
export interface ListingRules {
  /** Names the list in errors. */
  readonly owner: string;
  readonly filters: ReadonlyMap<string, CompiledFilter>;
  readonly search: Search | undefined;
  readonly ordering: Ordering;
  /** What clients may choose of what they are shown. */
  readonly shapes?: OutputShapes;
  readonly relatedRows: RelatedRows;
}

/** A filter that the query uses, and the value that it gives it. */
interface UsedFilter {
  readonly filter: CompiledFilter;
  readonly value: unknown;
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

  /** @throws InvalidOptionError when two parameters have one name. */
  constructor(
    readonly rules: ListingRules,
    /** Absent when lists are sent whole. */
    readonly pagination: Pagination | undefined,
    private readonly readRows: ReadRows,
  ) {
    const { owner, filters, search, ordering } = rules;
    const names = [
      ...filters.keys(),
      ...(search ? [SEARCH_PARAMETER] : []),
      ...(ordering.allowed.length ? [ORDERING_PARAMETER] : []),
      ...(rules.shapes?.parameters.map(({ name }) => name) ?? []),
      ...(pagination?.parameters.map(({ name }) => name) ?? []),
    ];
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      const problem = `its lists take the parameter "${twice}" for two things.`;
      throw new InvalidOptionError(owner, problem, 'Declare the filter under "filters" with another name.');
    }
    this.#parameters = new Set(names);
  }

  /** The same list cut into other pages; `shapes` is absent where its rows are shown in a way of their own. */
  with(pagination: Pagination | undefined, shapes: OutputShapes | undefined): Listing {
    return new Listing({ ...this.rules, shapes }, pagination, this.readRows);
  }

  /**
   * Reads the rows that the query asks for: a page of them, or all when lists are sent whole.
   *
   * @throws InvalidInputException naming every parameter that is unknown, said twice or has a value of a wrong type.
   */
  async list<T extends object>(
    all: QuerySet<T>,
    context: ActionContext<T>,
    output: CompiledOutput | undefined = context.output,
  ): Promise<object> {
    const { request } = context;
    const used = this.#check(request);
    const query = request.query as ListQuery;
    const found = this.#search(await narrowed(all as QuerySet<object>, used, context), query);
    const { ordering } = this.rules;
    // Where clients may not sort, a filter may have that name.
    const rows = ordering.sort(found, (ordering.allowed.length && query[ORDERING_PARAMETER]) || '');
    const read: ReadRows = async (part, columns) => {
      const result = await this.readRows(part, columns, output);
      if (result.length === 0) await this.#checkRelated(used);
      return result;
    };
    if (!this.pagination) return read(rows);
    const [count, estimate] = [() => found.count(), () => found.estimatedCount()];
    return this.pagination.paginate({ request, query, rows, count, estimate, read });
  }

  #search(rows: QuerySet<object>, query: ListQuery): QuerySet<object> {
    const text = query[SEARCH_PARAMETER];
    return text === undefined || !this.rules.search ? rows : this.rules.search.narrow(rows, text);
  }

  /** Names all that is wrong at once: whoever puts a query right learns of the next mistake now, not by the next request. */
  #check(request: ActionContext['request']): readonly UsedFilter[] {
    const { filters, search, ordering } = this.rules;
    const errors = parameterErrors(request, (name) => this.#parameters.has(name));
    const used: UsedFilter[] = [];
    const query = request.query as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(query)) {
      const text = query[name];
      if (typeof text !== 'string' || !this.#parameters.has(name)) continue;
      const filter = filters.get(name);
      if (filter) {
        const outcome = filter.parse(text);
        if (outcome.errors) errors.push([name, outcome.errors]);
        else used.push({ filter, value: outcome.value });
        continue;
      }
      const reader = name === SEARCH_PARAMETER ? search : name === ORDERING_PARAMETER ? ordering : undefined;
      const found = reader?.errorsIn(text) ?? [];
      if (found.length) errors.push([name, found]);
    }
    refuseParameters(errors);
    return used;
  }

  /** Tells a list that is empty because nothing matches from one of a related row which does not exist. */
  async #checkRelated(used: readonly UsedFilter[]): Promise<void> {
    const errors: ParameterErrors = [];
    for (const { filter, value } of used) {
      const missing = filter.relation ? await this.rules.relatedRows.findMissing(filter.relation, value) : [];
      if (missing.length) errors.push([filter.name, missing]);
    }
    refuseParameters(errors);
  }
}

/** Comparisons are made together, so that those through one relation to many speak of the same related row. */
async function narrowed(
  all: QuerySet<object>,
  used: readonly UsedFilter[],
  context: ActionContext,
): Promise<QuerySet<object>> {
  const comparisons = used.filter(({ filter }) => !filter.apply);
  const lookups = Object.fromEntries(comparisons.map(({ filter, value }) => [filter.name, value]));
  let rows = comparisons.length ? all.where(lookups) : all;
  for (const { filter, value } of used) if (filter.apply) rows = await filter.apply(rows, value, context);
  return rows;
}
