import { expect, test } from '@jest/globals';
import { format } from 'prettier';
import { migrationSourceOf } from './migration-writer.js';
import type { OperationCall } from './operations/operation-call.js';

const CALLS: OperationCall[] = [
  {
    name: 'createTable',
    args: [
      'posts',
      {
        columns: {
          id: { type: 'integer', primaryKey: true, autoIncrement: true },
          title: { type: 'string', length: 200, default: `it's "quoted"` },
          'odd name': { type: { sql: 'date[]' }, nullable: true },
          status: { type: 'enum', values: Array.from({ length: 9 }, (_, index) => `a rather long state ${index}`) },
        },
        indexes: { posts_title_unique: { columns: ['title'], unique: true } },
        foreignKeys: {
          posts_author_foreign: {
            columns: ['author_id'],
            references: { table: 'a_table_with_quite_a_long_name', columns: ['id'] },
            onDelete: 'cascade',
          },
        },
      },
    ],
  },
  { name: 'addColumn', args: ['posts', 'views', { type: 'integer', default: 0 }] },
  { name: 'dropColumn', args: ['posts', "author's"] },
  { name: 'dropTable', args: ['tags'] },
];

test('a generated file is formatted as prettier formats it', async () => {
  const source = migrationSourceOf({ className: 'Initial', calls: CALLS });
  const options = { parser: 'typescript', printWidth: 120, singleQuote: true, trailingComma: 'all' } as const;
  expect(source).toBe(await format(source, options));
});

test('a generated file imports what it uses, once', () => {
  const [line] = migrationSourceOf({ className: 'Initial', calls: [...CALLS, ...CALLS] }).split('\n');
  expect(line).toBe(`import { addColumn, createTable, dropColumn, dropTable, Migration } from '@core-framework/orm';`);
});
