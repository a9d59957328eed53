import { describe, expect, test } from '@jest/globals';
import type { QuerySet } from '@core-framework/orm';
import type { FastifyRequest } from 'fastify';
import { Book } from '../testing/shop.models.js';
import { PageNumberPagination } from './page-number.pagination.js';
import type { ListQuery } from './pagination.js';

const options = { pageSize: 2, maxPageSize: 5, count: 'exact', format: 'links' } as const;
const pagination = new PageNumberPagination(options);
const request = (originalUrl: string) => ({ protocol: 'http', host: 'api.test', originalUrl }) as FastifyRequest;

/** A page of a list of so many rows, which are numbers; the SQL tells which of them are read. */
function page(query: ListQuery, total = 7, { asked = request('/posts'), by = pagination } = {}) {
  const read = async (rows: QuerySet<object>) => {
    const [limit = 0, offset = 0] = limitsOf(rows);
    return Array.from({ length: total }, (_, index) => ({ index })).slice(offset, offset + limit);
  };
  const count = async () => total;
  return by.paginate({ request: asked, query, rows: Book.objects as QuerySet<object>, count, estimate: count, read });
}

function limitsOf(rows: QuerySet<object>): readonly number[] {
  const { limit, offset } = (rows as unknown as { state: { limit: number; offset: number } }).state;
  return [limit, offset];
}

describe('PageNumberPagination', () => {
  test('answers the first page of the default size when nothing is said', async () => {
    const first = { count: 7, previous: null, results: [{ index: 0 }, { index: 1 }] };
    expect(await page({})).toMatchObject(first);
    expect(await page({ page: '' })).toMatchObject(first);
  });

  test.each([
    ['4', 4],
    ['1000', 5],
    ['0', 2],
    ['-1', 2],
    ['x', 2],
  ])('takes the page size %j as %i', async (text, size) => {
    expect(((await page({ pageSize: text })) as { results: object[] }).results).toHaveLength(size);
  });

  test.each(['0', '-1', 'abc', '1.5', 'last', '5', '9'.repeat(15), '9'.repeat(400)])(
    'knows no page %j',
    async (number) => {
      const refusal = { client: expect.objectContaining({ status: 404, detail: 'Invalid page.' }) };
      await expect(page({ page: number })).rejects.toMatchObject(refusal);
    },
  );

  test('links to its neighbours, keeping the other parameters', async () => {
    const asked = request('/posts?search=a%20b&page=2&x=%26');
    expect(await page({ page: '2' }, 7, { asked })).toEqual({
      count: 7,
      next: 'http://api.test/posts?search=a+b&page=3&x=%26',
      previous: 'http://api.test/posts?search=a+b&x=%26',
      results: [{ index: 2 }, { index: 3 }],
    });
  });

  test('links to the host of the request alone, and by the path when the request names none', async () => {
    const next = async (asked: FastifyRequest) => ((await page({}, 7, { asked })) as { next: string }).next;
    expect(await next(request('http://other.test/posts?a=1'))).toBe('http://api.test/posts?a=1&page=2');
    expect(await next({ protocol: 'http', host: '', originalUrl: '/posts' } as FastifyRequest)).toBe('/posts?page=2');
  });

  test('has no next page on the last one and a first page of nothing', async () => {
    expect(await page({ page: '4' })).toMatchObject({ next: null });
    expect(await page({}, 0)).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  test('reads one row more instead of counting', async () => {
    const by = new PageNumberPagination({ ...options, count: 'none' });
    expect(await page({ page: '3' }, 6, { by })).toMatchObject({ next: null, results: [{ index: 4 }, { index: 5 }] });
    expect(await page({ page: '2' }, 6, { by })).toMatchObject({ next: expect.stringContaining('page=3') });
    await expect(page({ page: '4' }, 6, { by })).rejects.toMatchObject({ client: { status: 404 } });
  });

  test('lays pages out by their format', async () => {
    const offsets = new PageNumberPagination({ ...options, format: 'offsets' });
    const rows = [{ index: 2 }, { index: 3 }];
    expect(await page({ page: '2' }, 7, { by: offsets })).toEqual({
      items: rows,
      total: 7,
      skip: 2,
      limit: 2,
      has_next: true,
    });
    const numbers = new PageNumberPagination({ ...options, format: 'numbers' });
    expect(await page({ page: '2' }, 7, { by: numbers })).toEqual({ items: rows, page: 2, per_page: 2, total: 7 });
  });
});
