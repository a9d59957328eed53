import type { PaginationSettings } from '@core-framework/config';
import { InvalidOptionError, UnknownOptionError } from './errors/viewset.errors.js';
import type { PaginationOptions } from './options/viewset.options.js';
import type { PermissionEntry } from './permissions/permission.js';
import { IsAuthenticated } from './permissions/standard.permissions.js';

/** Options of `ViewSetModule.forRoot`: what ViewSets do that do not say otherwise. */
export interface ViewSetModuleOptions extends PaginationOptions {
  /** Who may run the actions of a ViewSet that names no permissions. @defaultValue [IsAuthenticated] */
  readonly permissions?: readonly PermissionEntry[];
}

/** {@link ViewSetModuleOptions} with every default filled in. */
export type ResolvedViewSetModuleOptions = Required<ViewSetModuleOptions>;

/** Injection token of the module's options. */
export const VIEWSET_MODULE_OPTIONS = Symbol.for('@core-framework/viewset:options');

const NAMES: readonly string[] = ['permissions', 'pageSize', 'maxPageSize'];

/** @throws UnknownOptionError, InvalidOptionError */
export function resolveViewSetModuleOptions(
  options: ViewSetModuleOptions,
  settings: PaginationSettings,
): ResolvedViewSetModuleOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UnknownOptionError('ViewSetModule', unknown, NAMES);
  const standard = { pageSize: settings.defaultPageSize, maxPageSize: settings.maxPageSize };
  return {
    permissions: options.permissions ?? [IsAuthenticated],
    ...resolvePagination('ViewSetModule', options, standard),
  };
}

/** @throws InvalidOptionError when a page may not be as long as it is by default. */
export function resolvePagination(
  owner: string,
  { pageSize, maxPageSize }: PaginationOptions,
  standard: Required<PaginationOptions>,
): Required<PaginationOptions> {
  const most = maxPageSize ?? Math.max(standard.maxPageSize, pageSize ?? 1);
  const size = pageSize ?? Math.min(standard.pageSize, most);
  if (!Number.isInteger(size) || !Number.isInteger(most) || size < 1 || size > most) {
    const problem = `pageSize is ${String(size)} and maxPageSize ${String(most)}.`;
    throw new InvalidOptionError(owner, problem, 'Give whole numbers from 1 on, pageSize no larger than maxPageSize.');
  }
  return { pageSize: size, maxPageSize: most };
}
