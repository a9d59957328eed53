export { type StandardActionName } from './actions/standard-actions.js';
export type { BulkChange } from './bulk/bulk-reader.js';
export type { BulkOptions } from './bulk/bulk-options.js';
export { Action } from './decorators/action.decorator.js';
export { Computed } from './decorators/computed.decorator.js';
export { Filter } from './decorators/filter.decorator.js';
export { Context, Input, Instance, PathParam } from './decorators/parameter.decorators.js';
export { ViewSet } from './decorators/viewset.decorator.js';
export {
  DuplicateRouteError,
  ForeignParameterError,
  InvalidOptionError,
  MissingContextValueError,
  MissingModelError,
  ReservedActionNameError,
  UndecoratedViewError,
  UnknownActionError,
  UnknownFieldError,
  UnknownOptionError,
  UnregisteredModelError,
  UnsupportedLookupError,
} from './errors/viewset.errors.js';
export {
  BooleanFilter,
  ChoiceFilter,
  CustomFilter,
  DateFilter,
  DateTimeFilter,
  type FilterFunction,
  IntegerFilter,
  NumberFilter,
  TextFilter,
  UuidFilter,
} from './filtering/custom-filter.js';
export type {
  FieldPath,
  FilterDeclaration,
  FilterDeclarations,
  FilterLookup,
  FilterLookups,
} from './filtering/filter-declaration.js';
export { FilterSet, type FilterSetBase, type FilterSetClass } from './filtering/filter-set.js';
export type { FilterKind } from './filtering/filter-value.js';
export type { OrderingOptions, OrderingRules } from './filtering/ordering.js';
export type { FullTextOptions, SearchField, SearchOptions } from './filtering/search.js';
export { type ComputedOptions, type FilterOptions, resolvedViewSet } from './metadata/viewset.metadata.js';
export type { HttpVerb } from './options/http-verb.js';
export { CursorPagination } from './pagination/cursor.pagination.js';
export { LimitOffsetPagination } from './pagination/limit-offset.pagination.js';
export { type Page, PageNumberPagination } from './pagination/page-number.pagination.js';
export { type ListQuery, type PagedList, Pagination, type QueryParameter } from './pagination/pagination.js';
export type { PaginationEntry } from './pagination/pagination.compiler.js';
export type {
  CountMode,
  PaginationOptions,
  PaginationStyle,
  ResolvedPaginationOptions,
} from './pagination/pagination.options.js';
export type { ThrottleEntry, ThrottleOptions } from './options/throttle.options.js';
export type { PathParameterKind } from './options/path-parameter.js';
export type { ActionOptions, ActionResponse, ParentOptions, ViewSetOptions } from './options/viewset.options.js';
export { HasPermission, IsInGroup, IsOwner } from './permissions/parameterised.permissions.js';
export { ModelPermissions, StrictModelPermissions } from './permissions/model.permissions.js';
export { Verbatim } from './decorators/verbatim.decorator.js';
export { Permission, type PermissionEntry, type PermissionSubject } from './permissions/permission.js';
export { and, not, or } from './permissions/permission-operators.js';
export {
  AllowAny,
  IsAdmin,
  IsAuthenticated,
  IsAuthenticatedOrReadOnly,
  IsStaff,
  IsSuperUser,
} from './permissions/standard.permissions.js';
export { ActionContext } from './pipeline/action-context.js';
export {
  type InputClass,
  type InputProblems,
  InputSchema,
  type InputSchemaOptions,
  type InputShape,
  type NestedRelationOptions,
  type NestedVerb,
  type SelfValidating,
  type ValidationContext,
} from './schemas/input-schema.js';
export { type OutputClass, OutputSchema, type OutputSchemaOptions } from './schemas/output-schema.js';
export {
  error,
  type ErrorOptions,
  type NumberedPage,
  paginated,
  type SkippedPage,
  success,
  type SuccessOptions,
} from './responses/answers.js';
export { type RouteDescription, RouteList } from './routing/route-list.js';
export type { Envelope } from './responses/envelope.js';
export type { ExpansionOptions, ExpansionPath } from './schemas/expansion.js';
export { ApiView } from './views/api.view.js';
export type { ScopeCondition } from './schemas/related-rows.js';
export { GenericViewSet } from './views/generic.viewset.js';
export {
  type CreateActions,
  CreateMixin,
  type DestroyActions,
  DestroyMixin,
  type ListActions,
  ListMixin,
  type RetrieveActions,
  RetrieveMixin,
  type UpdateActions,
  UpdateMixin,
  type ViewSetBase,
} from './views/mixins.js';
export { ModelViewSet } from './views/model.viewset.js';
export { PlainViewSet } from './views/plain.viewset.js';
export { ReadOnlyModelViewSet } from './views/read-only-model.viewset.js';
export { type ViewSetFeatureOptions, ViewSetModule } from './viewset.module.js';
export { VIEWSET_MODULE_OPTIONS, type ViewSetModuleOptions } from './viewset.options.js';
export type { ThrottleRate } from '@core-framework/common';
export { PaginationSettings } from '@core-framework/config';
