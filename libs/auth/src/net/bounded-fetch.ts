/** What is asked of other services, and for how long they are listened to. */
export interface BoundedFetchOptions {
  /** Milliseconds until the whole answer is there. */
  readonly timeoutMs: number;
  /** Bytes of the longest answer that is read. */
  readonly maxBytes: number;
}

/**
 * A `fetch` for addresses that other services give: follows no redirect, waits no longer and reads no more than it is told.
 * It has the whole answer when it returns.
 */
export function boundedFetch({ timeoutMs, maxBytes }: BoundedFetchOptions) {
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    const answer = await fetch(url, { ...init, redirect: 'manual', signal });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) throw new RangeError(`The answer has more than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
    const { status, statusText, headers } = answer;
    const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
    return new Response(body, { status, statusText, headers });
  };
}
