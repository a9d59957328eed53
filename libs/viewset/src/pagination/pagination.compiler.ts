import type { PageFormat } from '@core-framework/config';
import type { ModelDefinition } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { instantiate } from '../compiler/instantiate.js';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { checkOptions } from '../options/option-kinds.js';
import { assertComparable } from './cursor-order.js';
import type { CursorSeal } from './cursor-seal.js';
import { CursorPagination } from './cursor.pagination.js';
import { LimitOffsetPagination } from './limit-offset.pagination.js';
import { PAGE_LAYOUTS } from './page-format.js';
import { PageNumberPagination } from './page-number.pagination.js';
import { Pagination } from './pagination.js';
import { PAGINATION_OPTIONS, type PaginationOptions, type ResolvedPaginationOptions } from './pagination.options.js';

/** How lists are cut into pages: by options, by a class or an instance of one's own, or not at all. */
export type PaginationEntry = PaginationOptions | Pagination | Type<Pagination> | false;

/** What holds for paginations that do not say otherwise. */
export interface PaginationDefaults {
  readonly pageSize: number;
  readonly maxPageSize: number;
  readonly pageFormat: PageFormat;
}

const STYLES: readonly string[] = ['pageNumber', 'limitOffset', 'cursor'];
const COUNTS: readonly string[] = ['exact', 'none', 'estimated'];

/** Makes the paginations of an application's lists. */
export class PaginationCompiler {
  constructor(
    private readonly defaults: PaginationDefaults,
    private readonly seal: CursorSeal,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws UnknownOptionError, InvalidOptionError */
  async compile(
    owner: string,
    entry: PaginationEntry | undefined,
    model: ModelDefinition,
    ordering: readonly string[],
  ): Promise<Pagination | undefined> {
    if (entry === false) return undefined;
    if (entry instanceof Pagination) return entry;
    if (typeof entry === 'function') return this.#instance(owner, entry);
    const options = entry === undefined ? {} : entry;
    checkNames(owner, options);
    const resolved = resolvePagination(owner, options, this.defaults);
    switch (options.style) {
      case 'limitOffset':
        return new LimitOffsetPagination(resolved);
      case 'cursor':
        checkCursor(owner, options, model, ordering);
        return new CursorPagination({ ...resolved, count: options.count ?? 'none' }, this.seal);
      default:
        return new PageNumberPagination(resolved);
    }
  }

  async #instance(owner: string, type: Type<Pagination>): Promise<Pagination> {
    if (type.prototype instanceof Pagination) return instantiate(this.modules, owner, type);
    throw new InvalidOptionError(
      owner,
      `its "pagination" is ${type.name}, which is no pagination.`,
      'Extend Pagination.',
    );
  }
}

/** @throws InvalidOptionError when a page may not be as long as it is by default. */
export function resolvePagination(
  owner: string,
  { pageSize, maxPageSize, count = 'exact', format }: PaginationOptions,
  standard: PaginationDefaults,
): ResolvedPaginationOptions {
  const most = maxPageSize ?? Math.max(standard.maxPageSize, pageSize ?? 1);
  const size = pageSize ?? Math.min(standard.pageSize, most);
  if (!Number.isInteger(size) || !Number.isInteger(most) || size < 1 || size > most) {
    const problem = `pageSize is ${String(size)} and maxPageSize ${String(most)}.`;
    throw new InvalidOptionError(owner, problem, 'Give whole numbers from 1 on, pageSize no larger than maxPageSize.');
  }
  const layout = format ?? standard.pageFormat;
  checkChoice(owner, 'format', layout, Object.keys(PAGE_LAYOUTS));
  return { pageSize: size, maxPageSize: most, count, format: layout };
}

function checkNames(owner: string, options: PaginationOptions): void {
  checkOptions(`"pagination" of ${owner}`, options, PAGINATION_OPTIONS);
  checkChoice(owner, 'style', options.style, STYLES);
  checkChoice(owner, 'count', options.count, COUNTS);
}

function checkChoice(owner: string, option: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new InvalidOptionError(
    owner,
    `"${option}" of its "pagination" is "${value}".`,
    `Use one of ${choices.join(', ')}.`,
  );
}

function checkCursor(
  owner: string,
  { format }: PaginationOptions,
  model: ModelDefinition,
  ordering: readonly string[],
): void {
  if (format !== undefined && format !== 'links') {
    const problem = `its "pagination" asks for cursors in the format "${format}".`;
    throw new InvalidOptionError(
      owner,
      problem,
      'Cursors have links only: leave "format" out, or choose another style.',
    );
  }
  assertComparable(model, [...ordering, model.primaryKey.name]);
}
