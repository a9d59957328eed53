import type { Principal } from '@core-framework/common';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { ActingCallers } from './acting-callers.js';
import type { AccountRow, Caller } from './caller.js';
import { TestResponse } from './test-response.js';

/** What a request carries beside its address. */
export interface RequestOptions {
  /** An object is sent as JSON; text and bytes as they are, under the `content-type` of `headers`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters of the address; a list repeats its parameter. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/**
 * Calls an application in process, through its whole stack and without a port.
 *
 * A client never changes: `as`, `with` and `anonymous` answer another one.
 */
export class TestClient {
  constructor(
    private readonly fastify: FastifyInstance,
    private readonly callers: ActingCallers,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * A client whose requests come from `caller`, whatever way the application authenticates others. A row of the application's
   * users calls as one who has just signed in; its groups and permissions are those of the tables.
   */
  as(caller: Caller | Principal | AccountRow): TestClient {
    return this.with({ [ActingCallers.HEADER]: this.callers.admit(caller) });
  }

  /** A client that sends these headers, too. */
  with(headers: Readonly<Record<string, string>>): TestClient {
    return new TestClient(this.fastify, this.callers, { ...this.headers, ...headers });
  }

  get(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('GET', path, options);
  }

  head(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('HEAD', path, options);
  }

  options(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('OPTIONS', path, options);
  }

  post(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse> {
    return this.request('POST', path, { body, ...options });
  }

  put(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse> {
    return this.request('PUT', path, { body, ...options });
  }

  patch(path: string, body?: unknown, options?: RequestOptions): Promise<TestResponse> {
    return this.request('PATCH', path, { body, ...options });
  }

  delete(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('DELETE', path, options);
  }

  /** Sends a request with any verb. */
  async request(
    method: HTTPMethods,
    path: string,
    { body, headers, query }: RequestOptions = {},
  ): Promise<TestResponse> {
    const response = await this.fastify.inject({
      method,
      url: path,
      headers: { ...this.headers, ...headers },
      ...(query && { query: query as Record<string, string | string[]> }),
      ...(body !== undefined && payloadOf(body)),
    });
    return new TestResponse(response);
  }
}

function payloadOf(body: unknown): { payload: string | Buffer; headers?: undefined } | { payload: object } {
  return typeof body === 'string' || Buffer.isBuffer(body) ? { payload: body } : { payload: body as object };
}
