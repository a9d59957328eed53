import { STATUS_CODES } from 'node:http';
import { type ClientAnswer, type FieldErrors, NON_FIELD_ERRORS } from '@core-framework/common';
import type { HttpException } from '@nestjs/common';
import { codeOfStatus } from './status-codes.js';

/**
 * Reads Nest's own exceptions: a sentence, an object with `message`, the lists and groups of `ValidationPipe`,
 * or an object of the application's making, which becomes the detail as it is.
 */
export function httpExceptionAnswer(exception: HttpException): ClientAnswer | undefined {
  const status = exception.getStatus();
  // A bare 500 says nothing that a client could use, and its message was often written for the log.
  if (status === 500 || status < 400) return undefined;
  const challenge = status === 401 ? { headers: { 'www-authenticate': 'Bearer' } } : undefined;
  return { status, ...bodyOf(exception.getResponse(), status, exception.errorCode), ...challenge };
}

function bodyOf(
  response: string | object,
  status: number,
  errorCode: string | undefined,
): Omit<ClientAnswer, 'status'> {
  const fallback = errorCode ?? codeOfStatus(status);
  if (typeof response === 'string') return { code: fallback, detail: response };
  if (response instanceof Error) return { code: fallback, detail: sentenceOf(status) };

  const { message, detail, code, errors, error, ...rest } = response as Record<string, unknown>;
  const own = typeof code === 'string' ? code : fallback;
  const fields = fieldErrorsOf(errors) ?? messagesOf(message);
  if (fields) {
    const fallbackCode = status === 400 && typeof code !== 'string' ? 'invalid_input' : own;
    const text = [detail, message].find((value) => typeof value === 'string') ?? 'The input is not valid.';
    return { code: fallbackCode, detail: text, errors: fields };
  }
  if (typeof detail === 'string' || isRecord(detail)) return { code: own, detail };
  const { statusCode: _, errorCode: __, ...extra } = rest;
  if (typeof message === 'string' && Object.keys(extra).length === 0) return { code: own, detail: message };
  return {
    code: own,
    detail: message === undefined ? { ...extra, ...(error !== undefined && { error }) } : { message, ...extra },
  };
}

/** Errors by field, as our own exceptions carry them. */
function fieldErrorsOf(errors: unknown): FieldErrors | undefined {
  if (!isRecord(errors)) return undefined;
  const lists = Object.values(errors);
  const wellFormed = lists.every(
    (list) => Array.isArray(list) && list.every((entry) => isRecord(entry) && 'code' in entry),
  );
  return wellFormed && lists.length > 0 ? (errors as FieldErrors) : undefined;
}

/** The messages of `ValidationPipe`: a list of sentences, or sentences grouped by field. */
function messagesOf(message: unknown): FieldErrors | undefined {
  if (isSentences(message)) return { [NON_FIELD_ERRORS]: message.map(invalid) };
  if (!isRecord(message)) return undefined;
  const groups = Object.entries(message);
  if (groups.length === 0 || !groups.every(([, list]) => isSentences(list))) return undefined;
  return Object.fromEntries(groups.map(([field, list]) => [field, (list as string[]).map(invalid)]));
}

const invalid = (message: string) => ({ code: 'invalid', message });

const sentenceOf = (status: number) => `${STATUS_CODES[status] ?? 'Error'}.`;

function isSentences(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
