import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import {
  ApiException,
  asFormBody,
  ParseException,
  PayloadTooLargeException,
  UploadedFile,
} from '@core-framework/common';
import type { UploadStaging } from './upload-staging.js';

const LIMITS = {
  fieldNameSize: 200,
  /** Bytes of a value that is no file. */
  fieldSize: 1024 * 1024,
  fields: 1000,
  files: 20,
  parts: 1020,
  headerPairs: 50,
};

type Form = Record<string, unknown>;

/**
 * Reads a form of texts and files; the files are set aside as they come, none is ever held in memory. A name that is
 * repeated has an array. Files without a name and content are inputs that were left empty, and absent.
 *
 * @throws ParseException, PayloadTooLargeException
 */
export function readMultipart(
  headers: IncomingHttpHeaders,
  payload: Readable,
  limit: number,
  staging: UploadStaging,
): Promise<Form> {
  return new Promise((resolve, reject) => {
    const parser = parserOf(headers);
    const form = asFormBody(Object.create(null) as Form);
    const files: Promise<void>[] = [];
    let size = 0;
    let settled = false;

    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      payload.unpipe(parser);
      payload.off('data', count).off('error', broken).off('close', broken);
      finish();
    };
    const fail = (error: Error): void =>
      settle(() => {
        parser.destroy();
        // The rest of the body is somebody else's to throw away; what is being written ends first.
        void Promise.allSettled(files).then(() => reject(error));
      });
    const broken = (): void => {
      if (!payload.readableEnded) fail(new ParseException('The client went away before the body was complete.'));
    };
    const count = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) fail(new PayloadTooLargeException(limit));
    };
    const tooMany = (what: string) => (): void =>
      fail(new ApiException(400, `The form has too many ${what}.`, { code: 'parse_error' }));

    parser.on('field', (name, value, nameIsCut, valueIsCut) => {
      if (nameIsCut || valueIsCut) fail(new PayloadTooLargeException(LIMITS.fieldSize));
      else add(form, name, value);
    });
    parser.on('file', (name, stream: BusboyFileStream, filename, _encoding, type) => {
      const kept = staging.put(stream).then(({ path, size: bytes }) => {
        if (filename || bytes) add(form, name, new UploadedFile(filename ?? '', type, bytes, path));
      });
      kept.catch(fail);
      files.push(kept);
    });
    parser.on('filesLimit', tooMany('files')).on('fieldsLimit', tooMany('fields')).on('partsLimit', tooMany('parts'));
    parser.on('error', (error) => fail(new ParseException('The form could not be read.', error)));
    parser.on('finish', () => {
      Promise.all(files).then(
        () => settle(() => resolve(form)),
        (error: Error) => fail(error),
      );
    });
    payload.on('data', count).on('error', broken).on('close', broken);
    payload.pipe(parser);
  });
}

function parserOf(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({
      headers: headers as IncomingHttpHeaders & { 'content-type': string },
      limits: LIMITS,
      // A part is a file when it says a name for itself, whatever type it claims.
      isPartAFile: (_name, _type, filename) => filename !== undefined,
    });
  } catch (error) {
    throw new ParseException('The form names no boundary.', error);
  }
}

function add(form: Form, name: string, value: unknown): void {
  const known = form[name];
  form[name] = known === undefined ? value : [...(Array.isArray(known) ? (known as unknown[]) : [known]), value];
}
