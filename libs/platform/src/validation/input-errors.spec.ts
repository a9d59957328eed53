import type { ValidationError } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { inputErrors } from './input-errors.js';

test('errors of nested inputs stand under dotted paths with the codes of the contract', () => {
  const errors: ValidationError[] = [
    { property: 'title', value: 'x', constraints: { maxLength: 'too long' } },
    { property: 'owner', value: null, constraints: { isObject: 'must be an object' } },
    {
      property: 'items',
      value: [{}],
      children: [
        {
          property: '0',
          children: [{ property: 'name', value: undefined, constraints: { isString: 'must be a string' } }],
        },
      ],
    },
    { property: 'odd', value: 1, constraints: { whitelistValidation: 'should not exist' } },
    { property: 'mail', value: 'x', constraints: { isEmail: 'must be an address' } },
  ];
  expect(inputErrors(errors)).toEqual({
    title: [{ code: 'max_length', message: 'too long' }],
    owner: [{ code: 'null', message: 'must be an object' }],
    'items.0.name': [{ code: 'required', message: 'must be a string' }],
    odd: [{ code: 'unknown_field', message: 'should not exist' }],
    mail: [{ code: 'invalid', message: 'must be an address' }],
  });
});
