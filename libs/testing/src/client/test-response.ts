import type { LightMyRequestResponse } from 'fastify';

/** An answer of the application. */
export class TestResponse {
  readonly #response: LightMyRequestResponse;
  #body?: { readonly value: unknown };

  constructor(response: LightMyRequestResponse) {
    this.#response = response;
  }

  get status(): number {
    return this.#response.statusCode;
  }

  /** By names in lower case. */
  get headers(): LightMyRequestResponse['headers'] {
    return this.#response.headers;
  }

  /** The body as text; empty when there is none. */
  get text(): string {
    return this.#response.payload;
  }

  /** The body as bytes. */
  get bytes(): Buffer {
    return this.#response.rawPayload;
  }

  /**
   * The body, read as JSON; `undefined` when it is none. Name its type where it matters: `json<Page<Post>>()`.
   */
  // A test knows what it asked for; making it write `<unknown>` and casts would help nobody.
  // oxlint-disable-next-line no-explicit-any
  json<T = any>(): T {
    this.#body ??= { value: readJson(this.text) };
    return this.#body.value as T;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
