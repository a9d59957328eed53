import { describe, expect, test } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { PageNumberPagination } from './page-number.pagination.js';

const pagination = new PageNumberPagination(2, 5);
const request = (originalUrl: string) => ({ protocol: 'http', host: 'api.test', originalUrl }) as FastifyRequest;

describe('PageNumberPagination', () => {
  test('asks for the first page of the default size when nothing is said', () => {
    expect(pagination.read({})).toEqual({ page: 1, pageSize: 2, offset: 0 });
    expect(pagination.read({ page: '' })).toEqual({ page: 1, pageSize: 2, offset: 0 });
  });

  test.each([
    ['4', 4],
    ['1000', 5],
    ['0', 2],
    ['-1', 2],
    ['x', 2],
  ])('takes the page size %j as %i', (text, size) => {
    expect(pagination.read({ pageSize: text }).pageSize).toBe(size);
  });

  test.each(['0', '-1', 'abc', '1.5', 'last', '9'.repeat(15), '9'.repeat(400)])('knows no page %j', (page) => {
    const read = () => pagination.page(request('/posts'), pagination.read({ page }), 7, []);
    expect(read).toThrow(
      expect.objectContaining({ client: expect.objectContaining({ status: 404, detail: 'Invalid page.' }) }),
    );
  });

  test('links to its neighbours, keeping the other parameters', () => {
    const asked = request('/posts?search=a%20b&page=2&x=%26');
    expect(pagination.page(asked, pagination.read({ page: '2' }), 7, ['r'])).toEqual({
      count: 7,
      next: 'http://api.test/posts?search=a+b&page=3&x=%26',
      previous: 'http://api.test/posts?search=a+b&x=%26',
      results: ['r'],
    });
  });

  test('links to the host of the request alone, and by the path when the request names none', () => {
    const next = (asked: FastifyRequest) => pagination.page(asked, pagination.read({}), 7, []).next;
    expect(next(request('http://other.test/posts?a=1'))).toBe('http://api.test/posts?a=1&page=2');
    expect(next({ protocol: 'http', host: '', originalUrl: '/posts' } as FastifyRequest)).toBe('/posts?page=2');
  });

  test('has no next page on the last one and a first page of nothing', () => {
    expect(pagination.page(request('/posts?page=4'), pagination.read({ page: '4' }), 7, []).next).toBeNull();
    expect(pagination.page(request('/posts'), pagination.read({}), 0, [])).toEqual({
      count: 0,
      next: null,
      previous: null,
      results: [],
    });
  });
});
