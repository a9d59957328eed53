import type {
  PageFormat,
  PaginationSettings,
  ResponseFormat,
  ResponseSettings,
  ServerSettings,
} from '@core-framework/config';
import { InvalidOptionError } from './errors/viewset.errors.js';
import { checkOptions } from './options/option-kinds.js';
import type { ThrottleEntry } from './options/throttle.options.js';
import { resolvePagination } from './pagination/pagination.compiler.js';
import type { PermissionEntry } from './permissions/permission.js';
import { checkedResponseFormat } from './options/response-format.js';
import { IsAuthenticated } from './permissions/standard.permissions.js';

/** Options of `ViewSetModule.forRoot`: what ViewSets do that do not say otherwise. */
export interface ViewSetModuleOptions {
  /** Rows of a page when neither client nor ViewSet say how many. @defaultValue the setting `DEFAULT_PAGE_SIZE` */
  readonly pageSize?: number;
  /** The most rows that a client may ask for. @defaultValue the setting `MAX_PAGE_SIZE` */
  readonly maxPageSize?: number;
  /** Relations that one request may expand, those within others included. @defaultValue the setting `MAX_EXPANDS` */
  readonly maxExpands?: number;
  /** Related rows that one answer may show because of `?expand=`. @defaultValue the setting `MAX_EXPANDED_ROWS` */
  readonly maxExpandedRows?: number;
  /** Names of the members of pages. @defaultValue the setting `PAGE_FORMAT` */
  readonly pageFormat?: PageFormat;
  /** Shape of success bodies. @defaultValue the setting `RESPONSE_FORMAT` */
  readonly responseFormat?: ResponseFormat;
  /** Who may run the actions of a ViewSet that names no permissions. @defaultValue [IsAuthenticated] */
  readonly permissions?: readonly PermissionEntry[];
  /** Codes of checks whose findings are passed over, `VIEWSET_UNINDEXED_FILTER` for one. @defaultValue [] */
  readonly silencedChecks?: readonly string[];
  /** Whether the path in front of all routes answers the addresses of the collections. @defaultValue the setting `API_INDEX_ENABLED` */
  readonly index?: boolean;
  /** How often a caller may run the actions of ViewSets that say nothing, all together. @defaultValue false */
  readonly throttle?: ThrottleEntry;
}

/** {@link ViewSetModuleOptions} with every default filled in. */
export type ResolvedViewSetModuleOptions = Required<ViewSetModuleOptions>;

/** Injection token of the module's options. */
export const VIEWSET_MODULE_OPTIONS = Symbol.for('@core-framework/viewset:options');

const MODULE_OPTIONS = {
  permissions: 'list',
  throttle: 'other',
  silencedChecks: 'list',
  index: 'flag',
  pageSize: 'other',
  maxPageSize: 'other',
  maxExpands: 'other',
  maxExpandedRows: 'other',
  pageFormat: 'other',
  responseFormat: 'other',
} as const;

/** @throws UnknownOptionError, InvalidOptionError */
export function resolveViewSetModuleOptions(
  options: ViewSetModuleOptions,
  settings: PaginationSettings & Partial<ResponseSettings & ServerSettings>,
): ResolvedViewSetModuleOptions {
  checkOptions('ViewSetModule', options, MODULE_OPTIONS);
  const standard = {
    pageSize: settings.defaultPageSize,
    maxPageSize: settings.maxPageSize,
    pageFormat: options.pageFormat ?? settings.pageFormat,
  };
  const { pageSize, maxPageSize } = resolvePagination('ViewSetModule', options, standard);
  return {
    permissions: options.permissions ?? [IsAuthenticated],
    throttle: options.throttle ?? false,
    silencedChecks: options.silencedChecks ?? [],
    index: options.index ?? settings.apiIndexEnabled ?? true,
    ...standard,
    responseFormat: checkedResponseFormat('ViewSetModule', options.responseFormat ?? settings.responseFormat ?? 'bare'),
    pageSize,
    maxPageSize,
    maxExpands: checkedLimit('maxExpands', options.maxExpands ?? settings.maxExpands),
    maxExpandedRows: checkedLimit('maxExpandedRows', options.maxExpandedRows ?? settings.maxExpandedRows),
  };
}

function checkedLimit(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidOptionError('ViewSetModule', `"${option}" is ${value}.`, 'Give a whole number from 0 on.');
}
