import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { createScratchPostgres } from '../../testing/scratch-postgres.js';
import { PostgresConnection } from './postgres-connection.js';
import { type NamedQuery, PreparedStatements } from './prepared-statements.js';

const scratch = await createScratchPostgres('orm_opening');

const insert = (text: string): NamedQuery => ({
  ...CompiledQuery.raw('insert into notes values ($1) returning text', [text]),
  statementName: 'insert_note',
});

(scratch === undefined ? describe.skip : describe)('a transaction on PostgreSQL', () => {
  let pool: pg.Pool;
  let connection: PostgresConnection;
  let sent: string[];

  beforeEach(async () => {
    pool = new pg.Pool({ connectionString: scratch?.url });
    await pool.query('create table if not exists notes (text text primary key)');
    await pool.query('truncate notes');
    sent = [];
    connection = new PostgresConnection(await pool.connect(), new PreparedStatements(), (sql) => sent.push(sql));
    await connection.executeQuery(insert('before'));
    sent = [];
  });

  afterEach(async () => {
    connection.release();
    await pool.end();
  });

  afterAll(() => scratch?.drop());

  const notes = async () => (await pool.query<{ text: string }>('select text from notes')).rows.map(({ text }) => text);

  test('takes values as they are, of any length and in any number', async () => {
    const values = ['', 'ä€😀\ud800', null, 'x'.repeat(100_000), '\'"\\', 12, true, null];
    const slots = values.map((_value, index) => `$${index + 1}::text`);
    const query = { ...CompiledQuery.raw(`select array[${slots.join()}] as given`, values), statementName: 'echo' };
    const given = values.map((value) => (value === null ? null : String(value).replace('\ud800', '\ufffd')));
    for (let turn = 0; turn < 2; turn++) {
      expect((await connection.executeQuery(query)).rows).toEqual([{ given }]);
    }
    const none = { ...CompiledQuery.raw('select 1 as one'), statementName: 'none' };
    for (let turn = 0; turn < 2; turn++) expect((await connection.executeQuery(none)).rows).toEqual([{ one: 1 }]);
  });

  test('begins with its first statement, whose result is its own', async () => {
    connection.begin('begin');
    expect(await connection.executeQuery(insert('one'))).toEqual({ rows: [{ text: 'one' }], numAffectedRows: 1n });
    expect(await notes()).toEqual(['before']);
    await connection.commit();
    expect(await notes()).toEqual(['before', 'one']);
    expect(sent).toEqual(['begin', insert('').sql, 'commit']);
  });

  test('is rolled back whole when its first statement fails', async () => {
    connection.begin('begin');
    await expect(connection.executeQuery(insert('before'))).rejects.toMatchObject({ code: '23505' });
    await connection.rollback();
    expect((await connection.executeQuery(insert('after'))).rows).toEqual([{ text: 'after' }]);
    expect(await notes()).toEqual(['before', 'after']);
  });

  test('that cannot begin runs nothing', async () => {
    connection.begin('begin isolation level none');
    await expect(connection.executeQuery(insert('outside'))).rejects.toMatchObject({ code: '42601' });
    await connection.rollback();
    expect(await notes()).toEqual(['before']);
  });

  test('with statements that are not prepared yet begins all the same', async () => {
    connection.begin('begin');
    const named = { ...CompiledQuery.raw('delete from notes'), statementName: 'delete_notes' };
    expect((await connection.executeQuery(named)).numAffectedRows).toBe(1n);
    await connection.rollback();
    expect(await notes()).toEqual(['before']);
  });

  test('in which nothing is asked never reaches the server', async () => {
    connection.begin('begin');
    expect(connection.inTransaction).toBe(true);
    await connection.commit();
    expect(connection.inTransaction).toBe(false);
    expect(sent).toEqual([]);
  });
});
