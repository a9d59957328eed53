import { describe, expect, test } from '@jest/globals';
import { MigrationQuestionError } from '../errors/migration.errors.js';
import { detectChanges } from './change-detector.js';
import type { SchemaCall } from './operations/operation-call.js';
import type { SchemaState } from './schema-state.js';
import { tellingName } from './telling-name.js';

const id = { type: 'integer', primaryKey: true, autoIncrement: true } as const;
const USERS: SchemaState = {
  users: {
    columns: { id, phone: { type: 'string', length: 20 }, age: { type: 'integer', nullable: true } },
    indexes: { users_phone_unique: { columns: ['phone'], unique: true } },
    checks: { adult: { column: 'age', gte: 18 } },
  },
};
const MOBILE: SchemaState = {
  users: {
    columns: { id, mobile: { type: 'string', length: 20 }, age: { type: 'integer', nullable: true } },
    indexes: { users_mobile_unique: { columns: ['mobile'], unique: true } },
    checks: { adult: { column: 'age', gte: 18 } },
  },
};
const ACCOUNTS: SchemaState = { accounts: { ...USERS.users, columns: USERS.users?.columns ?? {} } };
const renameToMobile: SchemaCall[] = [
  { name: 'renameColumn', args: ['users', 'phone', 'mobile'] },
  { name: 'renameIndex', args: ['users', 'users_phone_unique', 'users_mobile_unique'] },
];

describe('a column that may have been renamed', () => {
  test('is an error when nobody is asked, which says what to answer', async () => {
    const error: unknown = await detectChanges(USERS, MOBILE).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MigrationQuestionError);
    expect(error).toMatchObject({
      message: expect.stringContaining('"phone" of table "users" is gone and "mobile" is new'),
      fix: expect.stringContaining(`renames: { 'users.phone': 'mobile' }`),
    });
  });

  test('is renamed when the option or the answer says so', async () => {
    expect(await detectChanges(USERS, MOBILE, { renames: { 'users.phone': 'mobile' } })).toEqual(renameToMobile);
    const asked: unknown[] = [];
    const isRenamedColumn = (question: unknown) => {
      asked.push(question);
      return true;
    };
    expect(await detectChanges(USERS, MOBILE, { questions: { isRenamedColumn } })).toEqual(renameToMobile);
    expect(asked).toEqual([{ table: 'users', from: 'phone', to: 'mobile' }]);
  });

  test('is dropped and added when they say that it is another one', async () => {
    const calls = await detectChanges(USERS, MOBILE, {
      renames: { 'users.phone': false },
      fills: { 'users.mobile': '-' },
    });
    expect(calls).toEqual([
      { name: 'addColumn', args: ['users', 'mobile', { type: 'string', length: 20 }, { fill: '-' }] },
      { name: 'dropColumn', args: ['users', 'phone'] },
      { name: 'createIndex', args: ['users', 'users_mobile_unique', { columns: ['mobile'], unique: true }] },
    ]);
  });

  test('may get another type at the same time', async () => {
    const next = {
      users: { columns: { id, mobile: { type: 'text' }, age: { type: 'integer', nullable: true } } },
    } as const;
    const calls = await detectChanges(USERS, next, { renames: { 'users.phone': 'mobile' } });
    expect(calls.map(({ name }) => name)).toEqual(['renameColumn', 'dropCheck', 'dropIndex', 'alterColumn']);
  });
});

test('a renamed table keeps its columns, and takes its indexes along', async () => {
  await expect(detectChanges(USERS, ACCOUNTS)).rejects.toThrow(/"users" is gone and "accounts" is new/);
  expect(await detectChanges(USERS, ACCOUNTS, { renames: { users: 'accounts' } })).toEqual([
    { name: 'renameTable', args: ['users', 'accounts'] },
  ]);
  expect(
    await detectChanges(
      USERS,
      { accounts: { ...MOBILE.users, columns: MOBILE.users?.columns ?? {} } },
      { renames: { users: 'accounts', 'accounts.phone': 'mobile' } },
    ),
  ).toEqual([
    { name: 'renameTable', args: ['users', 'accounts'] },
    { name: 'renameColumn', args: ['accounts', 'phone', 'mobile'] },
    { name: 'renameIndex', args: ['accounts', 'users_phone_unique', 'users_mobile_unique'] },
  ]);
});

test.each<Readonly<Record<string, string | false>>>([
  { 'users.age': 'mobile' },
  { 'users.phone': 'nothing' },
  { nothing: 'users' },
  { 'users.age': false },
])('a rename that does not fit is refused: %p', async (renames) => {
  const others: Readonly<Record<string, string>> = Object.keys(renames).includes('users.phone')
    ? {}
    : { 'users.phone': 'mobile' };
  await expect(detectChanges(USERS, MOBILE, { renames: { ...others, ...renames } })).rejects.toMatchObject({
    code: 'MIGRATION_INVALID',
  });
});

describe('a required column without a default', () => {
  const wanted: SchemaState = {
    users: {
      ...USERS.users,
      columns: { ...USERS.users?.columns, email: { type: 'string' }, age: { type: 'integer' } },
    },
  };

  test('is an error when nobody says what rows get', async () => {
    await expect(detectChanges(USERS, wanted, { fills: { 'users.age': 1 } })).rejects.toMatchObject({
      code: 'MIGRATION_QUESTION',
      fix: expect.stringContaining(`fills: { 'users.email': … }`),
    });
  });

  test('is filled by what is said, when it is added and when it becomes required', async () => {
    const fillOf = ({ column }: { column: string }) => (column === 'email' ? 'x@y.z' : undefined);
    expect(await detectChanges(USERS, wanted, { fills: { 'users.age': 18 }, questions: { fillOf } })).toEqual([
      { name: 'alterColumn', args: ['users', 'age', { type: 'integer' }, { fill: 18 }] },
      { name: 'addColumn', args: ['users', 'email', { type: 'string' }, { fill: 'x@y.z' }] },
    ]);
  });

  test('gets a neutral value when its drop is undone', async () => {
    expect(await detectChanges(wanted, { users: { ...USERS.users, columns: USERS.users?.columns ?? {} } })).toEqual([
      { name: 'alterColumn', args: ['users', 'age', { type: 'integer', nullable: true }] },
      { name: 'dropColumn', args: ['users', 'email', { fill: '' }] },
    ]);
  });
});

test('rules, parts of indexes, comments and what happens on deletion are changes', async () => {
  const key = (onDelete: 'cascade' | 'set null') => ({
    columns: ['boss'],
    references: { table: 'staff', columns: ['id'] },
    onDelete,
  });
  const columns = { id, boss: { type: 'integer', nullable: true } } as const;
  const before: SchemaState = {
    staff: {
      columns,
      indexes: { i: { columns: ['boss'] } },
      foreignKeys: { f: key('cascade') },
      checks: { c: { sql: '1' } },
    },
  };
  const after: SchemaState = {
    staff: {
      columns,
      indexes: { i: { columns: ['boss'], where: { column: 'boss', gt: 1 } } },
      foreignKeys: { f: key('set null') },
      checks: { c: { column: 'boss', isNull: false } },
      comment: 'Who is there',
    },
  };
  expect((await detectChanges(before, after)).map(({ name }) => name)).toEqual([
    'dropForeignKey',
    'dropCheck',
    'dropIndex',
    'createIndex',
    'addCheck',
    'addForeignKey',
    'commentTable',
  ]);
});

test.each<[string, SchemaCall[]]>([
  ['add_phone_to_users', [{ name: 'addColumn', args: ['users', 'phone', { type: 'text' }] }]],
  [
    'rename_phone_of_users_to_mobile',
    [
      { name: 'renameColumn', args: ['users', 'phone', 'mobile'] },
      { name: 'renameIndex', args: ['users', 'i', 'j'] },
    ],
  ],
  [
    'create_posts_and_tags_and_add_phone_to_users',
    [
      { name: 'createTable', args: ['posts', { columns: {} }] },
      { name: 'createTable', args: ['tags', { columns: {} }] },
      { name: 'addColumn', args: ['users', 'phone', { type: 'text' }] },
    ],
  ],
  [
    'drop_a_rather_long_name_of_a_table_and_more',
    [
      { name: 'dropTable', args: ['a_rather_long_name_of_a_table'] },
      { name: 'dropTable', args: ['another_rather_long_name'] },
    ],
  ],
])('a migration is called %s', (name, calls) => {
  expect(tellingName(calls)).toBe(name);
});
