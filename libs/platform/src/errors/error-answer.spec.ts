import { ConflictException as CoreConflict, CoreError } from '@core-framework/common';
import {
  BadRequestException,
  ConflictException,
  HttpException,
  InternalServerErrorException,
  PayloadTooLargeException,
  UnauthorizedException,
} from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { errorAnswer } from './error-answer.js';

class Silent extends CoreError {
  readonly code = 'TEST_SILENT';
}

const fastifyError = (code: string, statusCode: number, members: object = {}) =>
  Object.assign(new Error(`words of Fastify about /secret/path`), {
    code,
    statusCode,
    name: 'FastifyError',
    ...members,
  });

describe('errorAnswer', () => {
  test('gives what our own exceptions carry', () => {
    expect(errorAnswer(new CoreConflict('Taken.', { code: 'taken' }))).toMatchObject({
      status: 409,
      code: 'taken',
      detail: 'Taken.',
    });
  });

  test.each([
    ['a plain error', new Error('x')],
    ['an error of ours without an answer', new Silent('x')],
    ['a bare 500 of Nest', new InternalServerErrorException('password of db')],
    ['a fault of Fastify', fastifyError('FST_ERR_REP_INVALID_PAYLOAD_TYPE', 500)],
    ['an error that merely has a status', Object.assign(new Error('x'), { statusCode: 404 })],
    ['a string', 'x'],
    ['nothing', undefined],
  ])('tells clients nothing of %s', (_what, error) => expect(errorAnswer(error)).toBeUndefined());

  test.each<[HttpException, object]>([
    [new ConflictException(), { status: 409, code: 'conflict', detail: 'Conflict' }],
    [new ConflictException('Taken.'), { status: 409, code: 'conflict', detail: 'Taken.' }],
    [new PayloadTooLargeException(), { status: 413, code: 'payload_too_large' }],
    [new HttpException('Teapot.', 418), { status: 418, code: 'client_error', detail: 'Teapot.' }],
    [new HttpException('Down.', 502), { status: 502, code: 'bad_gateway', detail: 'Down.' }],
    [new BadRequestException('No.', { errorCode: 'too_early' }), { code: 'too_early', detail: 'No.' }],
    [
      new BadRequestException(['a', 'b']),
      {
        code: 'invalid_input',
        errors: {
          nonFieldErrors: [
            { code: 'invalid', message: 'a' },
            { code: 'invalid', message: 'b' },
          ],
        },
      },
    ],
    [
      new HttpException({ statusCode: 400, message: { 'a.b': ['c'] }, error: 'Bad Request' }, 400),
      { code: 'invalid_input', errors: { 'a.b': [{ code: 'invalid', message: 'c' }] } },
    ],
    [
      new HttpException({ code: 'own', detail: 'Own.', errors: { f: [{ code: 'x', message: 'y' }] } }, 422),
      { code: 'own', detail: 'Own.', errors: { f: [{ code: 'x', message: 'y' }] } },
    ],
    [
      new HttpException({ limit: 3, used: 4 }, 402),
      { status: 402, code: 'client_error', detail: { limit: 3, used: 4 } },
    ],
    [new HttpException({ message: 'Paid?', limit: 3 }, 402), { detail: { message: 'Paid?', limit: 3 } }],
    [new HttpException(new Error('internal words'), 409), { detail: 'Conflict.' }],
  ])('reads %s', (exception, answer) => expect(errorAnswer(exception)).toMatchObject(answer));

  test("challenges with Nest's 401 as HTTP demands", () => {
    expect(errorAnswer(new UnauthorizedException())).toMatchObject({ headers: { 'www-authenticate': 'Bearer' } });
  });

  test.each([
    ['FST_ERR_BAD_URL', 400, 'bad_request'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'payload_too_large'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'unsupported_media_type'],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 400, 'parse_error'],
    ['FST_ERR_SOMETHING_NEW', 404, 'not_found'],
  ])('words %s itself, also when Nest has wrapped it', (code, status, expected) => {
    const error = fastifyError(code, status);
    for (const each of [error, new HttpException(error.message, status, { cause: error })]) {
      const answer = errorAnswer(each);
      expect(answer).toMatchObject({ status, code: expected });
      expect(answer?.detail).not.toContain('/secret/path');
    }
  });

  test('turns findings of a route schema into field errors', () => {
    const validation = [{ instancePath: '/items/0/title', message: 'must be string' }, { instancePath: '' }];
    expect(errorAnswer(fastifyError('FST_ERR_VALIDATION', 400, { validation }))).toMatchObject({
      code: 'invalid_input',
      errors: {
        'items.0.title': [{ code: 'invalid', message: 'must be string' }],
        nonFieldErrors: [{ message: 'Invalid.' }],
      },
    });
  });
});
