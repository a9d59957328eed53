import { RequestContext } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { ForwardingRefusedError } from '../errors/auth.errors.js';
import { RESOLVED_RESOURCE_SERVER_OPTIONS, type ResolvedResourceServerOptions } from './resource-server.options.js';
import { CALLER_TOKEN } from './resource-token.backend.js';

const TIMEOUT_MS = 10_000;

/** Calls other services in the name of the caller of the request in hand. */
@Injectable()
export class CallerForwarding {
  constructor(
    @Inject(RESOLVED_RESOURCE_SERVER_OPTIONS)
    private readonly options: Pick<ResolvedResourceServerOptions, 'forwardTo'>,
  ) {}

  /**
   * `fetch` with the caller's token, for the origins that `forwardTo` names. Redirects are not followed, and it gives up
   * after ten seconds unless `init.signal` says otherwise.
   *
   * @throws ForwardingRefusedError for any other origin: whoever gets the token can act in the caller's name.
   */
  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    if (!this.options.forwardTo.includes(origin)) throw new ForwardingRefusedError(origin);
    const headers = new Headers(init.headers);
    const token = RequestContext.current()?.get(CALLER_TOKEN);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init, headers, redirect: 'manual' });
  }
}
