import { Client } from 'pg';

export const POST_COUNT = 10_000;

/** Makes the table that every rival reads and writes, with {@link POST_COUNT} posts of about 350 bytes. */
export async function createPostsTable(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(`
      create table posts (
        id serial primary key, created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now(),
        title varchar(200) not null, slug varchar(200) not null, content text not null,
        is_published boolean not null default false, views_count int not null default 0, author_id int not null,
        constraint posts_slug_unique unique (slug)
      )`);
    await client.query(
      `insert into posts (title, slug, content, is_published, views_count, author_id)
       select 'Post number ' || n, 'post-' || n, repeat('Lorem ipsum dolor. ', 14), n % 2 = 0, n % 500, n % 30 + 1
       from generate_series(1, $1::int) n`,
      [POST_COUNT],
    );
    await client.query('create index on posts (is_published); create index on posts (views_count)');
    await client.query('analyze posts');
  } finally {
    await client.end();
  }
}
