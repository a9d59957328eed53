import type { OpenApiDocument, OpenApiRegistry } from '@core-framework/common';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { ErrorRenderer } from '../errors/error-renderer.js';
import { toOpenApi31 } from './openapi-31.js';

/** What the document says about the API as a whole. */
export interface ApiInfo {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']);

/** Makes the OpenAPI 3.1 document of an application: its controllers first, then what the packages contribute. */
export function buildOpenApiDocument(
  app: INestApplication,
  registry: OpenApiRegistry,
  info: ApiInfo,
  renderer: ErrorRenderer,
): OpenApiDocument {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(info.title)
    .setDescription(info.description)
    .setVersion(info.version)
    .build();
  const document = SwaggerModule.createDocument(app, config) as unknown as OpenApiDocument;
  // Contributors that speak of errors refer to this name, and describe the default shape only when it is not taken.
  if (renderer.schema) ((document.components ??= {})['schemas'] ??= {})['Error'] ??= structuredClone(renderer.schema);
  for (const contribute of registry.contributors) contribute(document);
  nameErrorType(document, renderer);
  toOpenApi31(document);
  complete(document);
  return document;
}

/** Errors are documented as JSON; a renderer may send them as a media type of its own. */
function nameErrorType({ components }: OpenApiDocument, { contentType }: ErrorRenderer): void {
  const [mediaType = ''] = contentType.split(';', 1);
  for (const response of Object.values(components?.['responses'] ?? {})) {
    const { content } = response as { content?: Record<string, { schema?: { $ref?: string } }> };
    const json = content?.['application/json'];
    if (!content || json?.schema?.$ref !== '#/components/schemas/Error' || mediaType === 'application/json') continue;
    delete content['application/json'];
    content[mediaType] = json;
  }
}

/** Fills in what every consumer of the document expects and nobody may have said. */
function complete(document: OpenApiDocument): void {
  if (!Array.isArray(document.servers) || document.servers.length === 0) document.servers = [{ url: '/' }];
  // Says that no operation asks for credentials unless it says so itself.
  document.security ??= [];
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path)) {
      if (METHODS.has(method)) nameOperation(operation as Record<string, unknown>);
    }
  }
}

/** `PostsController_findOne` is summed up as "Find one". */
function nameOperation(operation: Record<string, unknown>): void {
  if (operation.summary || typeof operation.operationId !== 'string') return;
  const words = operation.operationId
    .slice(operation.operationId.lastIndexOf('_') + 1)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase();
  operation.summary = words.charAt(0).toUpperCase() + words.slice(1);
}
