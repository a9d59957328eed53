/** A JSON schema, as far as the documents of the framework use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly contentMediaType?: string;
}

interface Content {
  readonly [mediaType: string]: { readonly schema?: Schema };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly schema: Schema;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>;
}

/** The parts of an OpenAPI 3.1 document that say what may be sent and what comes back. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: object;
}

/** One verb on one path. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schema of the JSON body, when it takes one. */
  readonly body?: Schema;
  /** By status: the schema of its JSON, or `null` for an answer without a body that is described. */
  readonly answers: ReadonlyMap<string, Schema | null>;
}

/** Lists what a document describes. */
export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody && jsonOf(operation.requestBody.content),
      answers: new Map(
        Object.entries(operation.responses).map(([status, response]) => [
          status,
          jsonOf(resolve(document, response).content) ?? null,
        ]),
      ),
    })),
  );
}

function jsonOf(content: Content | undefined): Schema | undefined {
  const mediaType = Object.keys(content ?? {}).find((name) => /[/+]json$/.test(name));
  return mediaType === undefined ? undefined : content?.[mediaType]?.schema;
}

/** Follows a reference to where it leads. */
export function resolve<T extends { readonly $ref?: string }>(document: OpenApi, value: T): T {
  if (value.$ref === undefined) return value;
  const target = value.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document);
  return resolve(document, target as T);
}
