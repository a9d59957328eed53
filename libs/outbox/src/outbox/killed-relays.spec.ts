import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openOutbox, type OutboxWorld } from '../testing/outbox-world.js';
import { scratchDatabases } from '../testing/scratch-databases.js';

const ROOT = new URL('../../../../', import.meta.url);
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const MESSAGES = 240;
const KILLS = 3;
const BATCH = 10;

function startRelay(url: string): ChildProcess {
  const loader = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs'];
  const file = new URL('../testing/relay.process.ts', import.meta.url).pathname;
  const env = { PATH: process.env.PATH, DATABASE_URL: url };
  return spawn(process.execPath, [...loader, file], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'inherit'] });
}

describe.each(await scratchDatabases())('relays that are killed, on $kind', ({ url, drop }) => {
  let world: OutboxWorld;
  const relays: ChildProcess[] = [];
  const rowsOf = async <R>(query: ReturnType<typeof sql<R>>) => [...(await query.execute(world.database.kysely)).rows];
  const counted = async () => Number((await rowsOf(sql<{ n: number }>`select count(*) as n from ledger`))[0]!.n);
  const start = async () => {
    const relay = startRelay(url);
    relays.push(relay);
    await once(relay.stdout!, 'data');
    return relay;
  };

  beforeAll(async () => {
    world = await openOutbox(url);
    const numbered = { sqlite: 'integer primary key autoincrement', postgresql: 'serial primary key' };
    const key = numbered[world.database.dialect as 'sqlite'] ?? 'integer primary key auto_increment';
    const columns = `message varchar(40), name varchar(10), position integer`;
    await sql.raw(`create table ledger (seq ${key}, ${columns})`).execute(world.database.kysely);
    await sql.raw('create table effects (message varchar(40) primary key)').execute(world.database.kysely);
  });
  afterAll(async () => {
    for (const relay of relays) relay.kill('SIGKILL');
    await world.app.close();
    await drop();
  });

  test('lose nothing, keep the order of keys, and no message has a second effect', async () => {
    await world.write(...Array.from({ length: MESSAGES }, (_, index) => KEYS[index % KEYS.length]));
    let [victim, other] = [await start(), await start()];
    for (let kill = 1; kill <= KILLS; kill++) {
      while ((await counted()) < (kill * MESSAGES) / (KILLS + 2))
        await new Promise((resolve) => setTimeout(resolve, 2));
      victim.kill('SIGKILL');
      [victim, other] = [other, await start()];
    }
    while ((await world.service.status()).pending > 0) await new Promise((resolve) => setTimeout(resolve, 50));

    const ledger = await rowsOf(
      sql<{ message: string; name: string; position: number }>`select message, name, position from ledger order by seq`,
    );
    expect(new Set(ledger.map(({ message }) => message)).size).toBe(MESSAGES);
    expect(ledger.length - MESSAGES).toBeLessThanOrEqual(KILLS * 2 * BATCH);
    for (const key of KEYS) {
      const positions = ledger
        .filter(
          (row, index) => row.name === key && ledger.findIndex(({ message }) => message === row.message) === index,
        )
        .map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((one, next) => one - next));
    }
    expect(await rowsOf(sql`select message from effects`)).toHaveLength(MESSAGES);
  }, 120_000);
});
