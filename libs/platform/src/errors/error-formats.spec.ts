import type { ClientAnswer } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { errorFormats } from './error-formats.js';

const errors = { slug: [{ code: 'unique', message: 'Taken.' }] };
const invalid: ClientAnswer = { status: 400, code: 'invalid_input', detail: 'Invalid.', errors };
const lookup = {
  error: 'invalid_lookup_value',
  message: 'Expected integer.',
  field: 'id',
  value: 'abc',
  expected_type: 'integer',
};
const context = { requestId: 'r-1' };

describe('the error formats', () => {
  test.each(Object.values(errorFormats))('are documented with the members that they render', (format) => {
    const { properties, required } = format.schema as { properties: object; required: string[] };
    const full = Object.keys(format.render({ ...invalid, detail: lookup }, context));
    expect(Object.keys(properties).toSorted()).toEqual(full.toSorted());
    const { errors: _, ...bare } = invalid;
    expect(Object.keys(format.render(bare, {}))).toEqual(expect.arrayContaining(required));
  });

  test('detail', () => {
    expect(errorFormats.detail.render(invalid, context)).toEqual({
      detail: 'Invalid.',
      code: 'invalid_input',
      errors,
      requestId: 'r-1',
    });
    const { errors: _, ...bare } = invalid;
    expect(Object.keys(errorFormats.detail.render(bare, context))).toEqual(['detail', 'code', 'requestId']);
  });

  test('problem', () => {
    expect(errorFormats.problem.render(invalid, context)).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'Invalid.',
      code: 'invalid_input',
      errors,
      requestId: 'r-1',
    });
  });

  test('envelope', () => {
    expect(errorFormats.envelope.render(invalid, context)).toEqual({
      success: false,
      message: 'Invalid.',
      code: 'invalid_input',
      errors,
      requestId: 'r-1',
    });
  });

  test('an object as detail stays one, and the envelope finds its message', () => {
    const answer: ClientAnswer = { status: 404, code: 'invalid_lookup_value', detail: lookup };
    expect(errorFormats.detail.render(answer, context)).toMatchObject({ detail: lookup });
    expect(errorFormats.envelope.render(answer, context)).toMatchObject({
      message: 'Expected integer.',
      detail: lookup,
    });
  });
});
