import { isUtf8 } from 'node:buffer';
import { parse as parseForm } from 'node:querystring';
import { asFormBody, ParseException } from '@core-framework/common';
import { parse as parseJson } from 'secure-json-parse';

/** Turns the bytes of a body into a value. */
export type MediaTypeParser = (bytes: Buffer) => unknown;

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json$/;
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Recursive code (validators, mappers) meets no body that is deeper than this. */
const MAX_DEPTH = 100;
/** Every key that is not known costs an error of its own, in memory and in the answer. */
const MAX_KEYS = 20_000;

/** Whether a body is a form of parts, files among them. */
export function isMultipart(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType);
}

/** Finds the parser of a `Content-Type`; `undefined` for types and charsets that are not read here. */
export function parserOfMediaType(contentType: string): MediaTypeParser | undefined {
  // By far the most frequent one.
  if (contentType === 'application/json') return readJson;
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?(?:utf-?8|us-ascii)"?$/.test(charset)) return undefined;
  const name = mediaType.trim();
  if (JSON_TYPE.test(name)) return readJson;
  return name === FORM_TYPE ? readForm : undefined;
}

function readJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new ParseException('The body is not valid UTF-8.');
  const excess = excessOf(bytes);
  if (excess) throw new ParseException(excess);
  try {
    return parseJson(bytes.toString('utf8'));
  } catch (error) {
    throw new ParseException(`The body is not valid JSON${placeOf(error)}.`, error);
  }
}

/** Repeated keys become arrays. The object has no prototype, so no key of a form can reach one. */
function readForm(bytes: Buffer): unknown {
  return asFormBody(parseForm(bytes.toString('utf8'), '&', '=', { maxKeys: 0 }));
}

/** Where the JSON breaks. Nothing else of the engine's message: it quotes the body. */
function placeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('forbidden prototype property')) return ': it has a key that could change a prototype';
  const place = /line \d+ column \d+/.exec(message);
  return place ? ` (${place[0]})` : '';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** What is too much about a body, found before anything is made of it. */
function excessOf(bytes: Buffer): string | undefined {
  if (bytes.length <= 2 * MAX_DEPTH) return undefined;
  let depth = 0;
  let keys = 0;
  let inString = false;
  let escaped = false;
  for (const byte of bytes) {
    if (escaped) escaped = false;
    else if (inString) {
      if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) {
      if (++depth > MAX_DEPTH) return `The body is nested deeper than ${MAX_DEPTH} levels.`;
    } else if (CLOSING.has(byte)) depth--;
    else if (byte === COLON && ++keys > MAX_KEYS) return `The body has more than ${MAX_KEYS} keys.`;
  }
  return undefined;
}
