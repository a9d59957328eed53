import { describe, expect, test } from '@jest/globals';
import { FieldSyntaxError } from '../errors/generator.errors.js';
import { parseField, parseFields, printField } from './field-grammar.js';
import { RULES } from './field-rules.js';
import { SCALAR_TYPES } from './field-spec.js';

const codeOf = (text: string): string => {
  try {
    parseField(text);
    return 'accepted';
  } catch (error) {
    return error instanceof FieldSyntaxError ? error.code : String(error);
  }
};

describe('the grammar of fields', () => {
  test.each([
    ['title:string:required,max:200', { name: 'title', type: 'string', rules: { maxLength: 200 } }],
    ['price:decimal:required,ge:0', { name: 'price', type: 'decimal', rules: { min: '0' } }],
    ['user_id:integer:required,foreign:users.id', { name: 'user', type: 'belongsTo', target: 'users', rules: {} }],
    ['email:email:required,unique', { name: 'email', type: 'email', rules: { unique: true } }],
    ['published_at:datetime:nullable', { name: 'publishedAt', type: 'datetime', rules: { nullable: true } }],
  ])('reads the examples of the documentation: %s', (text, field) => {
    expect(parseField(text)).toEqual(field);
  });

  test.each([
    ['title', { name: 'title', type: 'string', rules: {} }],
    ['rating:integer:gt:0,lt:6', { name: 'rating', type: 'integer', rules: { gt: '0', lt: '6' } }],
    ['rating:int:min:1,le:5', { name: 'rating', type: 'integer', rules: { min: '1', max: '5' } }],
    ['amount:money:gte:0.50,lte:9.99', { name: 'amount', type: 'money', rules: { min: '0.50', max: '9.99' } }],
    ['code:string:len:6', { name: 'code', type: 'string', rules: { minLength: 6, maxLength: 6 } }],
    ['plan:string:in:free|pro', { name: 'plan', type: 'string', choices: ['free', 'pro'], rules: {} }],
    [
      'status:enum(draft|live):default:draft',
      { name: 'status', type: 'enum', choices: ['draft', 'live'], rules: { default: 'draft' } },
    ],
    ['note:string:default:"a, b: c"', { name: 'note', type: 'string', rules: { default: 'a, b: c' } }],
    [String.raw`note:string:default:a\, b`, { name: 'note', type: 'string', rules: { default: 'a, b' } }],
    [
      'author:belongsTo:User:onDelete:set null,nullable',
      { name: 'author', type: 'belongsTo', target: 'User', rules: { onDelete: 'setNull', nullable: true } },
    ],
    ['author:belongsTo(blog_user)', { name: 'author', type: 'belongsTo', target: 'BlogUser', rules: {} }],
    [
      'tags:manyToMany:Tag:inverse:none',
      { name: 'tags', type: 'manyToMany', target: 'Tag', rules: { inverse: false } },
    ],
    ['slug:slug:from:title,unique', { name: 'slug', type: 'slug', rules: { from: 'title', unique: true } }],
    ['pin:string:writeonly', { name: 'pin', type: 'string', rules: { writeOnly: true } }],
    [
      'is_open:boolean:default:true,index',
      { name: 'isOpen', type: 'boolean', rules: { default: 'true', index: true } },
    ],
  ])('reads %s', (text, field) => {
    expect(parseField(text)).toEqual(field);
  });

  test.each([
    ['title:strng', 'FIELD_UNKNOWN_TYPE', 'Did you mean "string"?'],
    ['title:string:requird', 'FIELD_UNKNOWN_RULE', 'Did you mean "required"?'],
    ['title:required', 'FIELD_NO_TYPE', 'title:string:required'],
    ['title:string(200)', 'FIELD_TYPE_ARGUMENT', 'title:string:max:200'],
    ['title:string:max', 'FIELD_RULE_VALUE', 'Write max:10.'],
    ['title:string:max:many', 'FIELD_RULE_VALUE', '"many" is no value'],
    ['title:string:unique:yes', 'FIELD_RULE_VALUE', 'takes no value'],
    ['title:string:gt:3', 'FIELD_RULE_NOT_FOR_TYPE', 'string takes'],
    ['title:string:required,nullable', 'FIELD_CONTRADICTION', 'both required and nullable'],
    ['title:string:max:3,len:4', 'FIELD_CONTRADICTION', 'maxLength'],
    ['title:string:min:9,max:3', 'FIELD_CONTRADICTION', 'at least 9'],
    ['title:string:max:5,max:6', 'FIELD_RULE_TWICE', 'twice'],
    ['title:string:readonly', 'FIELD_NEVER_SET', 'Add nullable or a default'],
    ['pages:integer:min:5,lt:5', 'FIELD_CONTRADICTION', 'no number between'],
    ['pages:integer:min:1.5', 'FIELD_RULE_VALUE', 'whole numbers'],
    ['price:decimal:min:0.001', 'FIELD_RULE_VALUE', 'scale'],
    ['price:decimal:default:cheap', 'FIELD_RULE_VALUE', 'default:0.00'],
    ['pages:integer:default:0,min:1', 'FIELD_CONTRADICTION', 'breaks its own rules'],
    ['status:enum', 'FIELD_NO_CHOICES', 'enum(draft|live)'],
    ['status:enum(a|a)', 'FIELD_RULE_VALUE', 'twice'],
    ['status:enum(a|b):default:c', 'FIELD_RULE_VALUE', 'They are a, b.'],
    ['author:belongsTo', 'FIELD_NO_TARGET', 'author:belongsTo:User'],
    ['author:belongsTo:nullable', 'FIELD_NO_TARGET', 'needs the name of a model'],
    ['author:belongsTo:User:onDelete:vanish', 'FIELD_RULE_VALUE', 'cascade'],
    ['author:belongsTo:User:onDelete:set null', 'FIELD_CONTRADICTION', 'Add nullable'],
    ['body:text:unique', 'FIELD_RULE_NOT_FOR_TYPE', 'does not go with text'],
    ['user:integer:foreign:users.email', 'FIELD_INVALID_FOREIGN', 'foreign:users.id'],
    ['1st:string', 'FIELD_INVALID_NAME', 'cannot be the name'],
    ['a__b:string', 'FIELD_INVALID_NAME', 'cannot be the name'],
    ['created_at:datetime', 'FIELD_NAME_TAKEN', 'createdAt'],
    ['save:boolean', 'FIELD_NAME_TAKEN', 'save'],
    [':string', 'FIELD_INVALID_NAME', 'has no name'],
  ])('refuses %s by %s', (text, code, hint) => {
    expect(codeOf(text)).toBe(code);
    expect(() => parseField(text)).toThrow(hint);
    expect(() => parseField(text)).toThrow(`"${text}"`);
  });

  test('takes several fields from one text, and each only once', () => {
    const names = parseFields(' title:string  status:enum(new|very old) body:text:default:"a b" ').map(
      ({ name }) => name,
    );
    expect(names).toEqual(['title', 'status', 'body']);
    expect(() => parseFields(['title', 'title:text'])).toThrow('it is there twice');
    expect(() => parseFields('slug:slug:from:titel title:string')).toThrow('Did you mean "title"?');
  });

  test('knows every rule for at least one type, and every type takes some rule', () => {
    for (const { types } of Object.values(RULES)) expect(types.length).toBeGreaterThan(0);
    for (const type of SCALAR_TYPES) {
      const rules = Object.values(RULES).filter(({ types }) => types.includes(type));
      expect([type, rules.length > 3]).toEqual([type, true]);
    }
  });

  test.each([
    'title:string:required,max:200',
    'status:enum(a b|c):default:"a b",index',
    'price:money:ge:0.50,lt:100,nullable',
    'author:belongsTo:User:nullable,onDelete:setNull,inverse:articles',
    'note:string:default:"say \\"hi\\", please"',
    'meta:json:default:"{\\"a\\": [1, 2]}"',
  ])('prints what it has read so that it is read as the same: %s', (text) => {
    const field = parseField(text);
    expect(parseField(printField(field))).toEqual(field);
  });
});
