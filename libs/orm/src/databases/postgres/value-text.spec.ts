import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createScratchPostgres } from '../../testing/scratch-postgres.js';
import { textOfValue } from './value-text.js';

const scratch = await createScratchPostgres('orm_values');

(scratch === undefined ? describe.skip : describe)('the text of a value', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: scratch?.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await scratch?.drop();
  });

  test.each([
    ['text', `it's "so", \\ {x}`],
    ['int8', 9007199254740993n],
    ['float8', 1e-7],
    ['float8', -0],
    ['bool', true],
    ['bool', false],
    ['timestamptz', new Date('2026-02-03T04:05:06.789Z')],
    ['timestamptz', new Date('0001-01-01T00:00:00.000Z')],
    ['timestamptz', new Date(Date.UTC(10_000, 0, 1))],
    ['timestamptz', new Date('-000043-03-15T12:00:00.000Z')],
    ['text[]', ['a', 'b "c"', '\\', '', 'NULL', '{}', null]],
    ['int4[]', [1, 2, 3]],
    ['int4[]', [[1], [2]]],
    ['int4[]', []],
    ['bool[]', [true, false]],
    ['timestamptz[]', [new Date('2026-02-03T04:05:06.789Z')]],
    ['bytea', Buffer.from([0, 1, 255])],
    ['jsonb', { a: [1, 'b'] }],
    ['text', null],
  ])('is for %s what the driver of PostgreSQL makes of %p', async (type, value) => {
    const sql = `select $1::${type} is not distinct from $2::${type} as same`;
    expect((await client.query<{ same: boolean }>(sql, [value, textOfValue(value)])).rows).toEqual([{ same: true }]);
  });
});
