import type { OpenApiDocument } from '@core-framework/common';
import type { CompiledView } from '../compiler/compiled-view.js';
import type { ViewSetRegistry } from '../compiler/viewset.registry.js';
import type { ActionPipeline } from '../pipeline/action-pipeline.js';
import type { CallerIdentification } from '../pipeline/caller.js';
import type { ApiIndex } from '../routing/api-index.js';
import { OPENAPI_MARKER } from '../routing/route-key.js';
import { ComponentRegistry } from './component.registry.js';
import { addErrorComponents } from './error.components.js';
import { OperationBuilder } from './operation.builder.js';

type Operation = Record<string, unknown>;

/** Completes the operations of views in the API's document with what their compiled actions know. */
export class OpenApiContribution {
  constructor(
    private readonly registry: ViewSetRegistry,
    private readonly caller: CallerIdentification,
    private readonly index: ApiIndex,
  ) {}

  readonly contribute = (document: OpenApiDocument): void => {
    const known = new Map(
      this.registry.all.flatMap((view) => view.pipelines.map((one) => [one.action.id, { view, one }] as const)),
    );
    const marked = [...markedOperations(document)];
    if (!marked.length) return;
    addErrorComponents(document);
    const security = this.#addSecuritySchemes(document);
    this.index.describe(document, security);
    const builder = new OperationBuilder(
      new ComponentRegistry(document),
      (handler) => this.caller.securitySchemesOf(handler) ?? security,
    );
    const names = new OperationNames(document);
    for (const { path, item, verb, id } of marked) {
      const found = known.get(id);
      if (found) item[verb] = builder.build(path, found.view, found.one.action, names.nameOf(found.view, found.one));
    }
  };

  /** Describes how callers show who they are, as the application's authenticator says, or as far as its challenge tells. */
  #addSecuritySchemes(document: OpenApiDocument): readonly string[] {
    const described = this.caller.securitySchemes;
    if (described) {
      Object.assign(((document.components ??= {})['securitySchemes'] ??= {}), described);
      return Object.keys(described);
    }
    const scheme = (this.caller.challenge.split(' ')[0] ?? '').toLowerCase() || 'bearer';
    const schemes = ((document.components ??= {})['securitySchemes'] ??= {});
    schemes[scheme] ??= { type: 'http', scheme };
    return [scheme];
  }
}

function* markedOperations(document: OpenApiDocument) {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [verb, operation] of Object.entries(item as Record<string, Operation>)) {
      const id = operation[OPENAPI_MARKER];
      if (typeof id === 'string') yield { path, item, verb, id };
    }
  }
}

/** Names of operations that no two of the document share: `postPartialUpdate`. */
class OperationNames {
  readonly #taken: Set<unknown>;

  constructor({ paths }: OpenApiDocument) {
    const operations = Object.values(paths).flatMap((item) => Object.values(item) as Operation[]);
    this.#taken = new Set(operations.filter((one) => !(OPENAPI_MARKER in one)).map(({ operationId }) => operationId));
  }

  nameOf({ view, pipelines }: CompiledView, { action: { name, route } }: ActionPipeline): string {
    const resource = view.name.replace(/(?:ViewSet|View)$/, '') || view.name;
    const several = pipelines.filter(({ action }) => action.name === name).length > 1;
    const verb = several ? capitalised(route.verb.toLowerCase()) : '';
    const wanted = `${resource.charAt(0).toLowerCase()}${resource.slice(1)}${capitalised(name)}${verb}`;
    let unique = wanted;
    for (let number = 2; this.#taken.has(unique); number++) unique = `${wanted}${number}`;
    this.#taken.add(unique);
    return unique;
  }
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
