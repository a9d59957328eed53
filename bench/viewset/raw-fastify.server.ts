/** What a careful person writes by hand: Fastify and `pg`, named statements, response schemas, nothing else. */
import fastify, { type FastifyReply } from 'fastify';
import { Pool } from 'pg';

const COLUMNS = `id, to_json(created_at) #>> '{}' as "createdAt", to_json(updated_at) #>> '{}' as "updatedAt", title, slug, content,
  is_published as "isPublished", views_count as "viewsCount", author_id as "author"`;

const post = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    createdAt: { type: 'string' },
    updatedAt: { type: 'string' },
    title: { type: 'string' },
    slug: { type: 'string' },
    content: { type: 'string' },
    isPublished: { type: 'boolean' },
    viewsCount: { type: 'integer' },
    author: { type: 'integer' },
  },
};
const page = {
  type: 'object',
  properties: {
    count: { type: 'integer' },
    next: { type: ['string', 'null'] },
    previous: { type: ['string', 'null'] },
    results: { type: 'array', items: post },
  },
};
const input = {
  type: 'object',
  required: ['title', 'slug', 'content', 'author'],
  properties: {
    title: { type: 'string' },
    slug: { type: 'string' },
    content: { type: 'string' },
    author: { type: 'integer' },
  },
};

// The rows that the other rivals' scope lets through: all of them, but the database has to look.
const SCOPE = 'author_id > 0 and views_count >= 0';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = fastify();

const missing = (reply: FastifyReply) => reply.code(404).send({ detail: 'Not found.' });

app.get<{ Params: { id: string } }>(
  '/posts/:id',
  { schema: { response: { 200: post } } },
  async ({ params }, reply) => {
    const { rows } = await pool.query({
      name: 'retrieve',
      text: `select ${COLUMNS} from posts where id = $1 and ${SCOPE}`,
      values: [params.id],
    });
    return rows[0] ?? missing(reply);
  },
);

app.get<{ Querystring: { page?: string } }>('/posts', { schema: { response: { 200: page } } }, async ({ query }) => {
  const offset = (Number(query.page ?? 1) - 1) * 20;
  const [rows, total] = await Promise.all([
    pool.query({
      name: 'list',
      text: `select ${COLUMNS} from posts where ${SCOPE} order by id limit 20 offset $1`,
      values: [offset],
    }),
    pool.query<{ count: string }>({ name: 'count', text: `select count(*) from posts where ${SCOPE}` }),
  ]);
  return { count: Number(total.rows[0]?.count), next: null, previous: null, results: rows.rows };
});

app.post<{ Body: { title: string; slug: string; content: string; author: number } }>(
  '/posts',
  { schema: { body: input, response: { 201: post } } },
  async ({ body }, reply) => {
    const { rows } = await pool.query({
      name: 'create',
      text: `insert into posts (title, slug, content, author_id) values ($1, $2, $3, $4) returning ${COLUMNS}`,
      values: [body.title, body.slug, body.content, body.author],
    });
    return reply.code(201).send(rows[0]);
  },
);

app.patch<{ Params: { id: string }; Body: { title: string } }>(
  '/posts/:id',
  { schema: { response: { 200: post } } },
  async ({ params, body }, reply) => {
    const { rows } = await pool.query({
      name: 'patch',
      text: `update posts set title = $2, updated_at = now() where id = $1 returning ${COLUMNS}`,
      values: [params.id, body.title],
    });
    return rows[0] ?? missing(reply);
  },
);

console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
