/** What a careful person writes by hand: Fastify and `pg`, named statements, response schemas, nothing else. */
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { Pool, type QueryConfig } from 'pg';

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
    title: { type: 'string', maxLength: 200 },
    slug: { type: 'string', maxLength: 200 },
    content: { type: 'string' },
    author: { type: 'integer' },
  },
};
const query = {
  type: 'object',
  properties: {
    page: { type: 'integer', minimum: 1, default: 1 },
    pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    isPublished: { type: 'boolean' },
    viewsCount__gte: { type: 'integer' },
    ordering: { enum: ['createdAt', '-createdAt', 'viewsCount', '-viewsCount'] },
  },
};

interface ListQuery {
  readonly page: number;
  readonly pageSize: number;
  readonly isPublished?: boolean;
  readonly viewsCount__gte?: number;
  readonly ordering?: string;
}

const ORDERS: Readonly<Record<string, string>> = {
  createdAt: 'created_at, id',
  '-createdAt': 'created_at desc, id',
  viewsCount: 'views_count, id',
  '-viewsCount': 'views_count desc, id',
};

// The rows that the other rivals' scope lets through: all of them, but the database has to look.
const SCOPE = 'author_id > 0 and views_count >= 0';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = fastify();

const missing = (reply: FastifyReply) => reply.code(404).send({ detail: 'Not found.' });

const names = new Map<string, string>();

/** Gives each text one name, under which connections prepare it. */
function named(text: string, values: unknown[]): QueryConfig {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `list-${names.size}`));
  return { name, text, values };
}

function linkTo(url: string, page: number): string {
  const link = new URL(url, 'http://127.0.0.1');
  link.searchParams.set('page', String(page));
  return link.href;
}

function callerOf({ headers }: FastifyRequest): number | undefined {
  const [, id] = /^Bearer (\d+)$/.exec(headers.authorization ?? '') ?? [];
  return id === undefined ? undefined : Number(id);
}

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

app.get<{ Querystring: ListQuery }>(
  '/posts',
  { schema: { querystring: query, response: { 200: page } } },
  async ({ query: asked, url }) => {
    const values: unknown[] = [];
    let where = SCOPE;
    if (asked.isPublished !== undefined) where += ` and is_published = $${values.push(asked.isPublished)}`;
    if (asked.viewsCount__gte !== undefined) where += ` and views_count >= $${values.push(asked.viewsCount__gte)}`;
    const order = ORDERS[asked.ordering ?? ''] ?? 'id';
    const limits = [asked.pageSize, (asked.page - 1) * asked.pageSize];
    const [rows, total] = await Promise.all([
      pool.query(
        named(
          `select ${COLUMNS} from posts where ${where} order by ${order} limit $${values.length + 1} offset $${values.length + 2}`,
          [...values, ...limits],
        ),
      ),
      pool.query<{ count: string }>(named(`select count(*) from posts where ${where}`, values)),
    ]);
    const count = Number(total.rows[0]?.count);
    return {
      count,
      next: asked.page * asked.pageSize < count ? linkTo(url, asked.page + 1) : null,
      previous: asked.page > 1 ? linkTo(url, asked.page - 1) : null,
      results: rows.rows,
    };
  },
);

app.get<{ Querystring: ListQuery }>(
  '/uncounted-posts',
  { schema: { querystring: query, response: { 200: page } } },
  async ({ query: { page: number, pageSize }, url }) => {
    const { rows } = await pool.query({
      name: 'uncounted',
      text: `select ${COLUMNS} from posts where ${SCOPE} order by id limit $1 offset $2`,
      values: [pageSize + 1, (number - 1) * pageSize],
    });
    return {
      next: rows.length > pageSize ? linkTo(url, number + 1) : null,
      previous: number > 1 ? linkTo(url, number - 1) : null,
      results: rows.slice(0, pageSize),
    };
  },
);

app.post<{ Body: { title: string; slug: string; content: string; author: number } }>(
  '/posts',
  { schema: { body: input, response: { 201: post } } },
  async (request, reply) => {
    if (callerOf(request) === undefined) return reply.code(401).send({ detail: 'Who are you?' });
    const { body } = request;
    const { rows } = await pool.query<{ id: number }>({
      name: 'create',
      text: `insert into posts (title, slug, content, author_id) values ($1, $2, $3, $4) returning ${COLUMNS}`,
      values: [body.title, body.slug, body.content, body.author],
    });
    return reply.code(201).header('location', `/posts/${rows[0]?.id}`).send(rows[0]);
  },
);

app.patch<{ Params: { id: string }; Body: { title: string } }>(
  '/posts/:id',
  { schema: { body: { ...input, required: [] }, response: { 200: post } } },
  async (request, reply) => {
    const { params, body } = request;
    const { rows } = await pool.query({
      name: 'patch',
      text: `update posts set title = $2, updated_at = now() where id = $1 and author_id = $3 and ${SCOPE} returning ${COLUMNS}`,
      values: [params.id, body.title, callerOf(request)],
    });
    return rows[0] ?? missing(reply);
  },
);

console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
