import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of a refused body is read and thrown away before its sender is cut off. */
const ALLOWANCE = 16 * 1024 * 1024;

/**
 * Lets a connection live on when its request was answered before the body had arrived.
 *
 * The rest is read and thrown away, so that the sender gets to see the answer and may use the connection again;
 * closing at once would reset it under a client that is still sending. What exceeds the allowance is cut off.
 */
export function drainAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  // Before Node's own listener, which would discard the rest without any bound.
  response.prependOnceListener('finish', () => {
    if (request.complete || request.destroyed) return;
    let discarded = 0;
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > ALLOWANCE) request.socket.destroy();
    });
    request.read(0);
  });
}
