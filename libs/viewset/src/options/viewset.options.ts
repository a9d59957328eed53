import type { ResponseFormat } from '@core-framework/config';
import type { ModelClass } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import type { BulkOptions } from '../bulk/bulk-options.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { CustomFilter } from '../filtering/custom-filter.js';
import type { FilterDeclarations } from '../filtering/filter-declaration.js';
import type { FilterSetClass } from '../filtering/filter-set.js';
import type { OrderingOptions } from '../filtering/ordering.js';
import type { SearchOptions } from '../filtering/search.js';
import type { PaginationEntry } from '../pagination/pagination.compiler.js';
import type { PermissionEntry } from '../permissions/permission.js';
import type { ExpansionOptions } from '../schemas/expansion.js';
import type { ErrorStatus } from '../openapi/error.components.js';
import type { InputClass } from '../schemas/input-schema.js';
import type { OutputClass } from '../schemas/output-schema.js';
import type { HttpVerb } from './http-verb.js';
import type { OptionKind } from './option-kinds.js';
import type { PathParameterKind } from './path-parameter.js';
import type { ThrottleEntry } from './throttle.options.js';

/** Names of a model's own properties. */
type FieldName<T extends object> = Extract<keyof T, string>;

/** Under which other ViewSet one is nested. */
export interface ParentOptions<T extends object = object> {
  /** The ViewSet in front of it in the path; it must be registered too, and may be nested itself. */
  readonly viewset: AnyClass;
  /** The foreign key that leads to the parent's model. */
  readonly field: FieldName<T>;
  /** Name of the path parameter. @defaultValue the field and the parent's lookup field: `post_id`, `post_slug` */
  readonly parameter?: string;
}

/** What a ViewSet says about itself; a subclass inherits what it does not say. */
export interface ViewSetOptions<T extends object = object> {
  /** Where the routes are, below the API's prefix. @defaultValue the model's table name, in kebab-case */
  readonly path?: string;
  /** The model whose rows are served; an {@link ApiView} has none. */
  readonly model?: ModelClass<T>;
  /** What create and update accept. @defaultValue derived from the model */
  readonly input?: InputClass;
  /** What is shown of a row. @defaultValue derived from the model */
  readonly output?: OutputClass;
  /** Headings in the API documentation. @defaultValue one, made of the class's name */
  readonly tags?: readonly string[];
  /** Who may run the actions. @defaultValue the module's, which is `[IsAuthenticated]` */
  readonly permissions?: readonly PermissionEntry[];
  /**
   * Replaces `permissions` for single actions. `partialUpdate` falls back to the entry of `update`.
   * Entries of a parent class stay in force unless the same action is named again.
   */
  readonly permissionsByAction?: Readonly<Record<string, readonly PermissionEntry[]>>;
  /**
   * Nests the routes under another ViewSet's: `posts/:post_id/comments`. A parent that the caller may not read is 404;
   * only its rows are served, and new ones get it whatever the body says. `false` undoes what a parent class said.
   */
  readonly parent?: ParentOptions<T> | false;
  /** The unique field by which the path names a row. @defaultValue the primary key */
  readonly lookupField?: FieldName<T>;
  /** Fields whose values are looked for before a row is written, so that all errors come at once. */
  readonly uniqueFields?: readonly FieldName<T>[];
  /** How lists are cut into pages; `false` sends all rows as an array. @defaultValue pages by number */
  readonly pagination?: PaginationEntry;
  /** What lists may be filtered by: a bare name allows the exact value; or a class derived with `FilterSet`. */
  readonly filter?: FilterDeclarations<T> | FilterSetClass<T>;
  /** Filters of the ViewSet's own, by the name of their parameter. */
  readonly filters?: Readonly<Record<string, CustomFilter<T>>>;
  /** The texts that `?search=` looks through: anywhere, from their start (`^slug`), as a whole (`=email`), or as words. */
  readonly search?: SearchOptions<T>;
  /** What lists may be sorted by with `?ordering=`, and by what they are when nobody says. */
  readonly ordering?: OrderingOptions<T>;
  /** Actions on many rows at once. @defaultValue none */
  readonly bulk?: BulkOptions;
  /** Whether soft-deleted rows may be listed and brought back. @defaultValue true where they can be deleted */
  readonly trash?: boolean;
  /** Shape of success bodies: the data alone, or inside `success`, `message`, `data` and `meta`. @defaultValue the module's */
  readonly responseFormat?: ResponseFormat;
  /** Whether clients may choose the fields they are shown: `?fields=id,author.name`. @defaultValue false */
  readonly fields?: boolean;
  /**
   * Relations, and paths of them (`comments.author`), that `?expand=` shows as objects: all rows that belong, one query per
   * relation, by schemas derived from their models or named here. @defaultValue []
   */
  readonly expand?: ExpansionOptions<T>;
  /** The standard actions that exist. @defaultValue those that the class has methods for */
  readonly actions?: readonly string[];
  /** How often a caller may run its actions, together. @defaultValue the module's, which is `false` */
  readonly throttle?: ThrottleEntry;
  /** Bytes that bodies of its actions may have, else 413. @defaultValue the server's: `MAX_UPLOAD_SIZE` */
  readonly bodyLimit?: number;
  /** Answers 404 instead of 403 about objects that the caller may not touch. @defaultValue false */
  readonly hideForbidden?: boolean;
}

/** All options, for the check at start-up. */
export const VIEWSET_OPTIONS = {
  path: 'text',
  model: 'other',
  input: 'other',
  output: 'other',
  tags: 'list',
  permissions: 'list',
  permissionsByAction: 'record',
  lookupField: 'text',
  uniqueFields: 'list',
  pagination: 'other',
  filter: 'other',
  filters: 'record',
  search: 'other',
  ordering: 'other',
  bulk: 'record',
  trash: 'flag',
  responseFormat: 'other',
  fields: 'flag',
  expand: 'other',
  actions: 'list',
  parent: 'other',
  throttle: 'other',
  bodyLimit: 'other',
  hideForbidden: 'flag',
} as const satisfies Record<keyof ViewSetOptions, OptionKind>;

/** What an `@Action` says about itself. */
export interface ActionOptions {
  /** The verb it answers. @defaultValue 'GET' */
  readonly method?: HttpVerb;
  /** The verbs it answers, when there are several. */
  readonly methods?: readonly HttpVerb[];
  /** Whether it works on one object. @defaultValue true when a parameter carries `@Instance()` */
  readonly detail?: boolean;
  /** Its path below the list's or the object's. @defaultValue the method's name */
  readonly path?: string;
  /** Who may run it. @defaultValue the ViewSet's entry for it in `permissionsByAction`, or its `permissions` */
  readonly permissions?: readonly PermissionEntry[];
  /** What it accepts as body. @defaultValue the type of the parameter that carries `@Input()` */
  readonly input?: InputClass | Type<object>;
  /** What is shown of its result: one, or an array when the class stands in brackets. */
  readonly output?: OutputClass | readonly [OutputClass];
  /**
   * Makes the QuerySet that it returns a list as `list` answers it: narrowed to what the caller may know of, filtered,
   * searched and sorted as the query asks, and cut into pages as this says; `false` sends all rows as an array.
   */
  readonly pagination?: PaginationEntry;
  /** Describes an answer that no `output` shows, as JSON Schema. Nothing is checked or left out by it. */
  readonly response?: ActionResponse;
  /** Statuses of errors that it throws itself, for the API documentation, which knows those of the framework. */
  readonly errors?: readonly ErrorStatus[];
  /** How often a caller may run it, instead of what the ViewSet says. */
  readonly throttle?: ThrottleEntry;
  /** Bytes that its body may have, else 413. @defaultValue the ViewSet's */
  readonly bodyLimit?: number;
  /** Status of its answer. @defaultValue 200 */
  readonly status?: number;
  /** Whether it runs in one transaction. @defaultValue true for verbs other than GET */
  readonly transaction?: boolean;
  /** Whether it takes forms beside JSON; others are 415. @defaultValue true when its input has files */
  readonly form?: boolean;
  /** Whether the API documentation advises against it. @defaultValue false */
  readonly deprecated?: boolean;
  /** One line in the API documentation. @defaultValue made of the method's name */
  readonly summary?: string;
  /** Shape of success bodies: the data alone, or inside `success`, `message`, `data` and `meta`. @defaultValue the ViewSet's */
  readonly responseFormat?: ResponseFormat;
  /** What its answer says in words: `message` of an envelope, and the whole body when the method returns nothing. */
  readonly message?: string;
  /**
   * What the parameters of its path may be; anything else is 404.
   * @defaultValue as the types of the parameters with `@PathParam()` say, else any text
   */
  readonly params?: Readonly<Record<string, PathParameterKind>>;
}

/** What an action answers, in the API documentation. */
export interface ActionResponse {
  /** Name of the schema among the document's components. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** All options, for the check at start-up. */
export const ACTION_OPTIONS = {
  method: 'other',
  methods: 'list',
  detail: 'flag',
  path: 'text',
  permissions: 'list',
  input: 'other',
  output: 'other',
  pagination: 'other',
  throttle: 'other',
  bodyLimit: 'other',
  status: 'other',
  form: 'flag',
  transaction: 'flag',
  summary: 'text',
  deprecated: 'flag',
  message: 'text',
  responseFormat: 'other',
  params: 'record',
  response: 'record',
  errors: 'list',
} as const satisfies Record<keyof ActionOptions, OptionKind>;
