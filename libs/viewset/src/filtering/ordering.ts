import type { FieldError } from '@core-framework/common';
import type { ModelDefinition, QuerySet } from '@core-framework/orm';
import { InvalidOptionError, UnknownFieldError } from '../errors/viewset.errors.js';
import { checkOptions } from '../options/option-kinds.js';
import { isSingleValued, readablePath } from '../schemas/field-path.js';
import type { FieldPath } from './filter-declaration.js';

/** What lists may be sorted by, and by what they are when nobody says. */
export interface OrderingRules<T extends object> {
  /** What `?ordering=` takes. @defaultValue [] */
  readonly allow?: readonly FieldPath<T>[];
  /** The order when the client names none; a hyphen reverses. @defaultValue that of `getQuerySet()` */
  readonly default?: readonly (FieldPath<T> | `-${FieldPath<T>}`)[];
}

export type OrderingOptions<T extends object> = readonly FieldPath<T>[] | OrderingRules<T>;

export const ORDERING_PARAMETER = 'ordering';

/** Puts lists in the order that clients ask for. */
export class Ordering {
  /** @throws UnknownFieldError for what has no single value that clients may know of. */
  constructor(
    view: string,
    private readonly model: ModelDefinition,
    /** The paths that clients may name. */
    readonly allowed: readonly string[],
    /** The order when they name none. */
    readonly standard: readonly string[],
  ) {
    for (const path of this.paths.map(withoutSign)) {
      const fields = readablePath(model, path);
      const isSortable = fields && isSingleValued(fields) && fields.at(-1)?.scalarKind !== 'json';
      if (!isSortable) throw new UnknownFieldError(view, path, 'ordering', sortableNames(model));
    }
  }

  /** All paths that lists may be sorted by. */
  get paths(): readonly string[] {
    return [...this.allowed, ...this.standard];
  }

  /** What is wrong with an order that a client asks for: names that are not allowed, or said twice. */
  errorsIn(text: string): readonly FieldError[] {
    const names = namesIn(text);
    const unknown = names.filter((name) => !this.allowed.includes(withoutSign(name)));
    if (unknown.length) {
      const message = `Cannot sort by "${unknown.join('", "')}". Use ${this.allowed.join(', ')}.`;
      return [{ code: 'invalid_choice', message }];
    }
    const isRepeated = new Set(names.map(withoutSign)).size < names.length;
    return isRepeated ? [{ code: 'repeated', message: 'Name each field once.' }] : [];
  }

  /**
   * Sorts rows as asked, or as the ViewSet says, or leaves them in their own order; the primary key decides between equals.
   *
   * @param text one that {@link errorsIn} finds nothing wrong with.
   */
  sort<T extends object>(rows: QuerySet<T>, text: string): QuerySet<T> {
    const asked = namesIn(text);
    const order = asked.length ? asked : this.standard.length ? this.standard : rows.ordering;
    const key = this.model.primaryKey.name;
    return order.some((name) => withoutSign(name) === key) ? rows.orderBy(...order) : rows.orderBy(...order, key);
  }
}

const ORDERING_OPTIONS = { allow: 'list', default: 'list' } as const;

/**
 * Compiles what a ViewSet says about the order of its lists.
 *
 * @throws UnknownOptionError, InvalidOptionError, UnknownFieldError
 */
export function compileOrdering(view: string, model: ModelDefinition, options: OrderingOptions<object> = []): Ordering {
  const rules = (Array.isArray(options) ? { allow: options } : options) as {
    readonly allow?: readonly string[];
    readonly default?: readonly string[];
  };
  checkOptions(`"ordering" of @ViewSet of ${view}`, rules, ORDERING_OPTIONS);
  const { allow = [], default: standard = [] } = rules;
  const signed = allow.find((name) => name.startsWith('-'));
  if (signed !== undefined) {
    const problem = `its "ordering" allows "${signed}": clients choose the direction.`;
    throw new InvalidOptionError(`@ViewSet of ${view}`, problem, 'Drop the hyphen, or name it under "default".');
  }
  return new Ordering(view, model, allow, standard);
}

function namesIn(text: string): readonly string[] {
  if (text === '') return [];
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function withoutSign(name: string): string {
  return name.startsWith('-') ? name.slice(1) : name;
}

function sortableNames(model: ModelDefinition): readonly string[] {
  const fields = [...model.fields.values()].filter(({ columnName, scalarKind }) => columnName && scalarKind !== 'json');
  return fields.filter(({ name }) => readablePath(model, name)).map(({ name }) => name);
}
