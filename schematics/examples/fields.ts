import assert from 'node:assert/strict';
import { FieldSyntaxError, listSchematics, parseFields } from '@core-framework/schematics';

const [title, author] = parseFields('title:string:max:200 author:belongsTo:User:onDelete:cascade');
assert.deepEqual(title, { name: 'title', type: 'string', rules: { maxLength: 200 } });
assert.deepEqual(author, { name: 'author', type: 'belongsTo', target: 'User', rules: { onDelete: 'cascade' } });

assert.throws(
  () => parseFields('title:strng'),
  (error) => error instanceof FieldSyntaxError && error.message.endsWith('Did you mean "string"?'),
);

/** The generators, for a program that offers them. */
export const names = listSchematics().map(({ name }) => name);
