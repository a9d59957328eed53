import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPrivateAddress, publicLookup, refusal } from './private-addresses.js';

/** What is asked of other services, and for how long they are listened to. */
export interface BoundedFetchOptions {
  /** Milliseconds until the whole answer is there. */
  readonly timeoutMs: number;
  /** Bytes of the longest answer that is read. */
  readonly maxBytes: number;
  /** Addresses whose origins the application itself names: they may be private, all others may not. */
  readonly named: readonly string[];
}

/**
 * A `fetch` for addresses that other services give: follows no redirect, waits no longer and reads no more than it is told, and
 * connects to nothing inside the network that the application does not name. It has the whole answer when it returns.
 */
export function boundedFetch({ timeoutMs, maxBytes, named }: BoundedFetchOptions) {
  const origins = new Set(named.map((address) => new URL(address).origin));
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    const request = new Request(url, { ...init, signal });
    const target = new URL(request.url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const mayBePrivate = origins.has(target.origin);
    if (!mayBePrivate && isIP(host) && isPrivateAddress(host)) throw refusal(host);
    const answer = await send(request, target, mayBePrivate ? {} : { lookup: publicLookup });
    const body = await read(answer, maxBytes);
    const { statusCode: status = 502, statusMessage: statusText, headersDistinct } = answer;
    const headers = new Headers();
    for (const [name, values = []] of Object.entries(headersDistinct)) {
      for (const value of values) headers.append(name, value);
    }
    return new Response(body.length > 0 ? new Uint8Array(body) : null, { status, statusText, headers });
  };
}

async function send(
  request: Request,
  target: URL,
  how: { readonly lookup?: typeof publicLookup },
): Promise<IncomingMessage> {
  const body = Buffer.from(await request.arrayBuffer());
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const start = target.protocol === 'http:' ? overHttp : overHttps;
  const { method, signal } = request;
  // A connection of its own each: what was looked up for one is not used for another.
  start(target, { method, signal, headers: Object.fromEntries(request.headers), agent: false, ...how }, resolve)
    .on('error', reject)
    .end(body);
  return promise;
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new RangeError(`The answer has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
