import { STANDARD_ACTIONS } from '../actions/standard-actions.js';
import type { BulkReader } from '../bulk/bulk-reader.js';
import type { RouteHandler } from '@core-framework/common';
import type { FieldDefinition } from '@core-framework/orm';
import { pathParameterKinds } from '../compiler/action-parameters.js';
import type { CompiledAction } from '../compiler/compiled-action.js';
import type { CompiledView } from '../compiler/compiled-view.js';
import type { JsonSchema } from '@core-framework/orm';
import type { Pagination } from '../pagination/pagination.js';
import { envelopeSchema } from '../responses/envelope.js';
import { isSafe } from '../options/http-verb.js';
import { pathParameterSchema } from '../options/path-parameter.js';
import type { ComponentRegistry } from './component.registry.js';
import { type ErrorStatus, errorResponse } from './error.components.js';
import { acceptedTypes, FORM_TYPE, JSON_TYPE, MULTIPART_TYPE } from './content-types.js';
import { listParameters, queryParameter } from './list.parameters.js';
import { resourceName } from './resource-name.js';

type Node = Record<string, unknown>;

/** Describes one action of a view as an operation of an OpenAPI document. */
export class OperationBuilder {
  constructor(
    private readonly components: ComponentRegistry,
    /** Names of the security schemes of an action, each of which is enough. */
    private readonly schemesOf: (handler: RouteHandler) => readonly string[],
  ) {}

  build(path: string, view: CompiledView, action: CompiledAction, operationId: string): Node {
    const parameters = [
      ...this.#pathParameters(path, view, action),
      ...(action.listing ? listParameters(action.listing) : (action.shapes?.parameters ?? []).map(queryParameter)),
      ...(action.standard === 'bulkDestroy' && action.bulk ? [keysParameter(action.bulk)] : []),
    ];
    return {
      operationId,
      summary: summaryOf(view, action),
      ...(action.route.options?.deprecated && { deprecated: true }),
      tags: [...(view.options.tags ?? [resourceName(view)])],
      ...(parameters.length && { parameters }),
      ...((action.input || action.bulk) && { requestBody: this.#requestBody(view, action) }),
      responses: this.#responses(path, view, action),
      security: [
        ...(action.authorization.isOpen ? [{}] : []),
        ...this.schemesOf({ type: view.view, method: action.name }).map((scheme) => ({ [scheme]: [] })),
      ],
    };
  }

  #pathParameters(path: string, view: CompiledView, { route }: CompiledAction): Node[] {
    const kinds = pathParameterKinds(view.view, route);
    return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => {
      const kind = kinds.get(name);
      const { readOnly: _readOnly, ...schema } = kind
        ? pathParameterSchema(kind)
        : (lookupFieldOf(view, name)?.jsonSchema ?? { type: 'string' });
      return { name, in: 'path', required: true, schema };
    });
  }

  #requestBody(view: CompiledView, action: CompiledAction): Node {
    const { input, partial, bulk, standard } = action;
    if (bulk) {
      const key = keySchema(view);
      const naming = standard === 'bulkCreate' ? undefined : ([bulk.keyName, key] as const);
      const items = input ? this.components.input(input, partial, naming) : key;
      return {
        required: input !== undefined,
        content: json({ type: 'array', items, minItems: 1, maxItems: bulk.maxItems }),
      };
    }
    if (!input) return {};
    const isRequired = !partial && input.required.size > 0;
    const schemas: Readonly<Record<string, () => object>> = {
      [JSON_TYPE]: () => this.components.input(input, partial),
      [FORM_TYPE]: () => this.components.form(input, partial),
      [MULTIPART_TYPE]: () => this.components.form(input, partial),
    };
    const content = acceptedTypes(action).map((type) => [type, { schema: schemas[type]?.() }]);
    return { required: isRequired, content: Object.fromEntries(content) as Node };
  }

  #responses(path: string, view: CompiledView, action: CompiledAction): Node {
    const { route, standard } = action;
    const success = {
      description: SUCCESS[route.status] ?? 'Done.',
      ...this.#success(action),
      ...successHeaders(view, action),
    };
    const unchanged =
      standard === 'retrieve' && isVersioned(view) ? { 304: { description: 'Not changed since.' } } : {};
    return {
      [route.status]: success,
      ...unchanged,
      ...Object.fromEntries(errorStatuses(path, view, action).map(errorResponse)),
      default: { $ref: '#/components/responses/UnexpectedError' },
    };
  }

  #success(action: CompiledAction): Node {
    if (action.route.status === NO_CONTENT) return {};
    const bare = this.#bare(action);
    if (action.responseFormat === 'bare' || !('content' in bare)) return bare;
    return { content: json(this.#envelope(action)) };
  }

  #envelope({ shape, output, shapes, listing, bulk, route }: CompiledAction): object {
    const { response } = route.options ?? {};
    if (!output) return envelopeSchema(response ? { ...this.components.described(response) } : {});
    const row = { ...this.components.output(output, shapes) };
    const isMany = shape === 'many' || listing !== undefined || bulk !== undefined;
    const data = isMany ? { type: 'array', items: row } : row;
    const { pagination } = listing ?? {};
    return this.components.envelope(output, data, pagination && metaOf(pagination, row), pagination?.schemaSuffix);
  }

  #bare({ shape, output, shapes, listing, route }: CompiledAction): Node {
    if (shape === 'none') return {};
    const { response } = route.options ?? {};
    if (!output) return { content: json(response ? this.components.described(response) : {}) };
    if (listing?.pagination) return { content: json(this.components.page(output, listing.pagination, shapes)) };
    const item = this.components.output(output, shapes);
    return { content: json(shape === 'many' ? { type: 'array', items: item } : item) };
  }
}

/** The field that a parameter of the path is looked for by: the view's own, or that of a ViewSet above it. */
function lookupFieldOf(view: CompiledView, name: string): FieldDefinition | undefined {
  if (!view.hasResource) return undefined;
  const { lookup, parent } = view.resource;
  if (lookup.parameter === name) return lookup.field;
  for (let link = parent; link; link = link.above) if (link.parameter === name) return link.lookupField;
  return undefined;
}

/** What a page says besides its rows. */
function metaOf(pagination: Pagination, row: JsonSchema): JsonSchema {
  const {
    properties = {},
    required = [],
    ...schema
  } = pagination.schemaOf(row) as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  const { [pagination.rowsMember]: _rows, ...others } = properties;
  return { ...schema, properties: others, required: required.filter((name) => name !== pagination.rowsMember) };
}

const NO_CONTENT = 204;

const SUCCESS: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'Created.',
  204: 'Done; there is nothing to say.',
};

function keySchema(view: CompiledView): Node {
  const { readOnly: _readOnly, ...schema } = view.resource.lookup.field.jsonSchema;
  return schema;
}

function keysParameter({ keysParameter: name, maxItems }: BulkReader): Node {
  const description = `The rows to delete, at most ${maxItems}, separated by commas; instead of a body.`;
  return { name, in: 'query', required: false, description, schema: { type: 'string' } };
}

function json(schema: object): Node {
  return { [JSON_TYPE]: { schema } };
}

function errorStatuses(path: string, view: CompiledView, action: CompiledAction): ErrorStatus[] {
  const { route, input } = action;
  const changes = !isSafe(route.verb);
  const statuses: [ErrorStatus, boolean][] = [
    // Credentials may make no sense, like those of two callers at once.
    [400, true],
    [401, true],
    // Requests of other sites are refused, whoever may call.
    [403, !action.authorization.isOpen || changes],
    [404, path.includes('{') || action.shape === 'page'],
    [409, changes],
    [412, changes && route.detail && isVersioned(view)],
    [413, input !== undefined || action.bulk !== undefined],
    [415, input !== undefined || action.bulk !== undefined],
    [422, false],
    [429, true],
    [503, false],
  ];
  return statuses
    .filter(([status, applies]) => applies || route.options?.errors?.includes(status))
    .map(([status]) => status);
}

function successHeaders(view: CompiledView, { standard, shape }: CompiledAction): Node {
  const location = standard === 'create' && {
    Location: { description: 'Address of the new row.', schema: { type: 'string' } },
  };
  const hasTag = standard !== undefined && shape === 'one' && isVersioned(view);
  const tag = hasTag && { ETag: { description: 'Version of the row.', schema: { type: 'string' } } };
  return location || tag ? { headers: { ...location, ...tag } } : {};
}

function isVersioned(view: CompiledView): boolean {
  return view.hasResource && view.resource.model.versionField !== undefined;
}

function summaryOf(view: CompiledView, { name, route, standard }: CompiledAction): string {
  if (route.options?.summary) return route.options.summary;
  if (standard) {
    const { name: model, tableName } = view.resource.model;
    return STANDARD_ACTIONS[standard].summary({ one: spaced(model), many: tableName.replaceAll('_', ' ') });
  }
  const words = spaced(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function spaced(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}
