import { ERROR_SCHEMA, type OpenApiDocument } from '@core-framework/common';

/** The answers that operations of views refer to, by status. */
const ERROR_RESPONSES = {
  400: ['BadRequest', 'The request is not valid; `errors` says what is wrong with which field or parameter.'],
  401: ['Unauthorized', 'The request carries no credentials, or wrong ones.'],
  403: ['Forbidden', 'The caller may not do this.'],
  404: ['NotFound', 'There is nothing here that the caller may know of.'],
  409: ['Conflict', 'The state of the resource does not allow this.'],
  412: ['PreconditionFailed', 'The resource is no longer in the version that `If-Match` names.'],
  413: ['PayloadTooLarge', 'The body is too large.'],
  415: ['UnsupportedMediaType', 'The body is of a type that is not read here.'],
  422: ['UnprocessableContent', 'A rule of the application refuses data that is well formed.'],
  429: ['TooManyRequests', 'The caller has asked too often; `Retry-After` says when to ask again.'],
  503: ['ServiceUnavailable', 'Something that this depends on is not there, or there is too much to do at once.'],
} as const;

/** A status by which an action refuses, as the API documentation describes it. */
export type ErrorStatus = keyof typeof ERROR_RESPONSES;

/** The statuses that an action may say it refuses with. */
export const ERROR_STATUSES: readonly string[] = Object.keys(ERROR_RESPONSES);

/** Adds the schema of errors and the responses that are made of it. */
export function addErrorComponents(document: OpenApiDocument): void {
  const components = (document.components ??= {});
  const schemas = (components['schemas'] ??= {});
  schemas['Error'] ??= ERROR_SCHEMA;
  const responses = (components['responses'] ??= {});
  for (const [name, description] of [
    ...Object.values(ERROR_RESPONSES),
    ['UnexpectedError', 'Something else went wrong.'],
  ] as const) {
    responses[name] ??= {
      description,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
}

/** Refers to the answer of a status. */
export function errorResponse(status: ErrorStatus): readonly [string, { readonly $ref: string }] {
  return [String(status), { $ref: `#/components/responses/${ERROR_RESPONSES[status][0]}` }];
}
