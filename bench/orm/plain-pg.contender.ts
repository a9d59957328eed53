import pg from 'pg';
import type { Contender } from './contenders.js';

const COLUMNS = `id, created_at as "createdAt", updated_at as "updatedAt", title, slug, content, is_published as "isPublished",
  views_count as "viewsCount", author_id as author`;

/** Statements written by hand and sent by name. */
export function sendIt(url: string): Contender {
  const pool = new pg.Pool({ connectionString: url, max: 15 });
  // The database is dropped while the last connections still say goodbye.
  pool.on('error', () => undefined);
  const ask = async (name: string, text: string, values: unknown[]) =>
    (await pool.query<{ id: number }>({ name, text, values })).rows;
  const page = (limit: number) => async (turn: number) =>
    (await ask('page', `select ${COLUMNS} from posts order by id limit $1 offset $2`, [limit, turn])).length;
  const one = (turn: number) => ask('one', `select ${COLUMNS} from posts where id = $1`, [turn + 1]);
  const tuples = Array.from({ length: 100 }, (_, index) => `($1, $2 || '-${index}', $3, $4)`).join();
  const work: Readonly<Record<string, (turn: number) => Promise<number>>> = {
    'plain rows: 20': page(20),
    'plain rows: 200': page(200),
    'instances: 20': page(20),
    'instances: 200': page(200),
    'one by key': async (turn) => (await one(turn)).length,
    'filter, order, limit 20': async (turn) => {
      const text = `select ${COLUMNS} from posts where is_published = $1 and views_count >= $2 order by views_count desc, id limit $3`;
      return (await ask('filter', text, [true, turn % 400, 20])).length;
    },
    create: async (turn) => {
      const text = 'insert into posts (title, slug, content, author_id) values ($1, $2, $3, $4) returning id';
      return (await ask('create', text, ['New', `p-${turn}`, 'Text.', 1])).length;
    },
    'read, change a column, save': async (turn) => {
      await one(turn);
      await ask('save', 'update posts set title = $1, updated_at = $2 where id = $3', [
        `Title ${performance.now()}`,
        new Date(),
        turn + 1,
      ]);
      return 1;
    },
    'create 100 at once': async (turn) => {
      const text = `insert into posts (title, slug, content, author_id) values ${tuples} returning id`;
      return (await ask('bulk', text, ['New', `p-${turn}`, 'Text.', 1])).length;
    },
    'walk over 10 000': async () => {
      let count = 0;
      for (let last = 0; last < 10_000;) {
        const text = `select ${COLUMNS} from posts where id > $1 and id <= 10000 order by id limit 1000`;
        const rows = await ask('walk', text, [last]);
        count += rows.length;
        last = rows.at(-1)?.id ?? 10_000;
      }
      return count;
    },
  };
  return {
    name: 'plain pg',
    run: (operation, turn) => work[operation]?.(turn) ?? Promise.resolve(0),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
