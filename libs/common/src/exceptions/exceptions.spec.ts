import { describe, expect, test } from '@jest/globals';
import { HttpException } from '@nestjs/common';
import { clientAnswerOf } from '../errors/client-answer.js';
import { CoreError } from '../errors/core-error.js';
import { ApiException } from './api.exception.js';
import * as application from './application.exceptions.js';
import * as protocol from './protocol.exceptions.js';

describe('application exceptions', () => {
  test.each([
    [application.BadRequestException, 400, 'bad_request'],
    [application.UnauthorizedException, 401, 'not_authenticated'],
    [application.ForbiddenException, 403, 'permission_denied'],
    [application.NotFoundException, 404, 'not_found'],
    [application.ConflictException, 409, 'conflict'],
    [application.ValidationException, 422, 'validation_error'],
    [application.RateLimitException, 429, 'throttled'],
    [application.ServiceUnavailableException, 503, 'service_unavailable'],
  ])('%p answers %d with the code %s', (Exception, status, code) => {
    const exception = new Exception();
    expect(exception).toBeInstanceOf(HttpException);
    expect(exception.getStatus()).toBe(status);
    expect(exception.client).toMatchObject({ status, code, detail: expect.stringMatching(/\.$/) });
    expect(exception.name).toBe(Exception.name);
  });

  test('take their own detail, code, errors and headers', () => {
    const errors = { total: [{ code: 'too_small', message: 'Order more.' }] };
    const exception = new application.ConflictException('Sold out.', {
      code: 'sold_out',
      errors,
      headers: { 'x-stock': '0' },
    });
    expect(exception.client).toEqual({
      status: 409,
      code: 'sold_out',
      detail: 'Sold out.',
      errors,
      headers: { 'x-stock': '0' },
    });
    expect(exception.getResponse()).toEqual({ detail: 'Sold out.', code: 'sold_out', errors });
    expect(exception.message).toBe('Sold out.');
  });

  test('401 carries a challenge that can be replaced', () => {
    expect(new application.UnauthorizedException().client.headers).toEqual({ 'www-authenticate': 'Bearer' });
    const basic = new application.UnauthorizedException('No.', { headers: { 'www-authenticate': 'Basic' } });
    expect(basic.client.headers).toEqual({ 'www-authenticate': 'Basic' });
  });

  test('429 rounds the wait up to whole seconds', () => {
    expect(new application.RateLimitException('Slow down.', { retryAfter: 1.2 }).client.headers).toEqual({
      'retry-after': '2',
    });
    expect(new application.RateLimitException().client.headers).toEqual({});
  });
});

describe('protocol exceptions', () => {
  test.each([
    [new protocol.InvalidInputException({}), 400, 'invalid_input'],
    [new protocol.ParseException('JSON parse error.'), 400, 'parse_error'],
    [new protocol.MethodNotAllowedException('PUT', ['GET', 'HEAD']), 405, 'method_not_allowed'],
    [new protocol.PreconditionFailedException(), 412, 'precondition_failed'],
    [new protocol.PayloadTooLargeException(10), 413, 'payload_too_large'],
    [new protocol.UnsupportedMediaTypeException('text/xml'), 415, 'unsupported_media_type'],
  ])('%s answers %d with the code %s', (exception, status, code) => {
    expect(exception.client).toMatchObject({ status, code });
  });

  test('405 names the verbs of the path in Allow', () => {
    expect(new protocol.MethodNotAllowedException('PUT', ['GET', 'HEAD']).client.headers).toEqual({
      allow: 'GET, HEAD',
    });
  });
});

describe('clientAnswerOf', () => {
  class Hidden extends CoreError {
    readonly code = 'TEST_HIDDEN';
  }

  test('finds the answer of exceptions and of errors that carry one', () => {
    const answer = { status: 404, code: 'not_found', detail: 'No.' };
    class Told extends CoreError {
      readonly code = 'TEST_TOLD';
    }
    expect(clientAnswerOf(new Told('inside', { client: answer }))).toBe(answer);
    expect(clientAnswerOf(ApiException.from(answer))).toMatchObject(answer);
  });

  test('tells nothing of other errors', () => {
    expect(clientAnswerOf(new Hidden('secret', { fix: 'Change it.' }))).toBeUndefined();
    expect(clientAnswerOf(new Error('x'))).toBeUndefined();
    expect(clientAnswerOf('x')).toBeUndefined();
  });
});
