import type { ClientAnswer } from '@core-framework/common';

/** What a renderer may tell besides the answer itself. */
export interface ErrorContext {
  /** Identifies the request in the logs. */
  readonly requestId?: string;
}

/** Gives the answer to a failed request its shape. One renderer serves the whole application. */
export interface ErrorRenderer {
  readonly contentType: string;
  /** JSON Schema of the bodies, for the API documentation. @defaultValue that of the format `detail` */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Makes the body, a value that JSON can hold. */
  render(answer: ClientAnswer, context: ErrorContext): Readonly<Record<string, unknown>>;
}

/** Injection token under which an application may provide a renderer of its own; it wins over `ERROR_FORMAT`. */
export const ERROR_RENDERER = Symbol.for('@core-framework/platform:error-renderer');

/** The names that `ERROR_FORMAT` knows. */
export type ErrorFormat = 'detail' | 'problem' | 'envelope';
