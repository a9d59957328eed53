import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import {
  ApiException,
  ParseException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@core-framework/common';
import { parserOfMediaType } from './media-types.js';
import { readMultipart } from './read-multipart.js';
import type { UploadStaging } from './upload-staging.js';

/**
 * Reads and parses a body of at most `limit` bytes; no body, or an empty one, is `undefined`.
 *
 * @throws UnsupportedMediaTypeException, PayloadTooLargeException, ParseException
 */
export async function readBody(
  headers: IncomingHttpHeaders,
  payload: Readable,
  limit: number,
  staging?: UploadStaging,
): Promise<unknown> {
  if (!announcesBody(headers)) return undefined;
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = headers;
  const parse = parserOfMediaType(contentType);
  if (!parse && !staging) throw new UnsupportedMediaTypeException(contentType);
  if (encoding !== 'identity') {
    throw new ApiException(415, `Unsupported content encoding "${encoding}" in request.`, {
      code: 'unsupported_media_type',
    });
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw new PayloadTooLargeException(limit);
  if (!parse) return staging && readMultipart(headers, payload, limit, staging);
  const bytes = await readBytes(payload, limit);
  return bytes.length === 0 ? undefined : parse(bytes);
}

function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Events, not `for await`: leaving that loop early would destroy the socket before the answer is written. */
function readBytes(payload: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void): void => {
      payload.off('data', take).off('end', end).off('error', fail).off('close', abort);
      finish();
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) settle(() => reject(new PayloadTooLargeException(limit)));
      else chunks.push(chunk);
    };
    const end = (): void =>
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)));
    const fail = (error: Error): void => settle(() => reject(new ParseException('The body could not be read.', error)));
    const abort = (): void =>
      settle(() => reject(new ParseException('The client went away before the body was complete.')));
    if (payload.destroyed && !payload.readableEnded) abort();
    else payload.on('data', take).on('end', end).on('error', fail).on('close', abort);
  });
}
