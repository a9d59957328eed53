import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientAnswer } from '@core-framework/common';
import type { ErrorRenderer } from '../errors/error-renderer.js';

/** Answers on the bare socket what Node could not read as a request. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, renderer: ErrorRenderer): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = answerOf(error.code);
  const requestId = randomUUID();
  const body = JSON.stringify(renderer.render(answer, { requestId }));
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `Content-Type: ${renderer.contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-ID: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function answerOf(code: string | undefined): ClientAnswer {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, code: 'request_timeout', detail: 'The request did not arrive in time.' };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, code: 'headers_too_large', detail: 'The headers are too large.' };
  }
  return { status: 400, code: 'bad_request', detail: 'The request is not valid HTTP.' };
}
