import { beforeEach, describe, expect, test } from '@jest/globals';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { VIEWSET_ROUTE } from './route-key.js';
import { allowed, RouteTable } from './route-table.js';

describe('RouteTable', () => {
  let table: RouteTable;
  let adapter: FastifyAdapter;

  beforeEach(async () => {
    const host = new HttpAdapterHost();
    host.httpAdapter = adapter = new FastifyAdapter();
    table = new RouteTable(host);
    const fastify = adapter.getInstance();
    const add = (method: string, url: string, id?: string) =>
      fastify.route({
        method,
        url,
        ...(id && { config: { [VIEWSET_ROUTE]: id } }),
        handler: async (request) => table.shadowing(request) ?? 'mine',
      });
    add('GET', '/v1/posts/:id', 'retrieve');
    add('PUT', '/v1/posts/:id', 'update');
    add('GET', '/v1/posts/featured', 'featured');
    add('POST', '/v1/posts/:id/publish', 'publish');
    add('GET', '/v1/posts/export');
    await fastify.ready();
  });

  test('finds the most specific path that a view has a route on', () => {
    expect(table.find('/v1/posts/7?x=1')?.pattern).toBe('/v1/posts/:id');
    expect(table.find('/v1/posts/featured/')?.pattern).toBe('/v1/posts/featured');
    expect(table.find('/v1/posts/7/publish')?.pattern).toBe('/v1/posts/:id/publish');
    expect(table.find('/v1/posts')).toBeUndefined();
  });

  test('reads paths as the router does: encoded, in absolute form, without doubled slashes', () => {
    expect(table.find('/v1/posts/%66eatured')?.pattern).toBe('/v1/posts/featured');
    expect(table.find('http://api.test/v1/posts/7?x=/1')?.pattern).toBe('/v1/posts/:id');
    expect(table.find('/v1/posts/%')?.pattern).toBe('/v1/posts/:id');
    for (const url of ['//v1/posts/7', '/v1//posts/7', '/v1/posts/7//', '/v1/posts//', '/v1/posts//publish']) {
      expect([url, table.find(url)?.pattern]).toEqual([url, undefined]);
    }
  });

  test('names the verbs of a path in one order, HEAD and OPTIONS among them', () => {
    expect(allowed(table.find('/v1/posts/7')!)).toEqual(['GET', 'HEAD', 'PUT', 'OPTIONS']);
    expect(allowed(table.find('/v1/posts/7/publish')!)).toEqual(['POST', 'OPTIONS']);
  });

  test('tells a request that only a parameter caught from one that is meant for it', async () => {
    const put = async (url: string) => (await adapter.inject({ method: 'PUT', url })).payload;
    expect(await put('/v1/posts/7')).toBe('mine');
    for (const url of ['/v1/posts/featured', '/v1/posts/%66eatured']) {
      expect(JSON.parse(await put(url))).toEqual(['GET', 'HEAD', 'OPTIONS']);
    }
  });
});
