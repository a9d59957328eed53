import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { boundedFetch } from './bounded-fetch.js';
import { isPrivateAddress } from './private-addresses.js';

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.255.255', true],
  ['172.32.0.1', false],
  ['192.168.0.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['224.0.0.1', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['::', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:8.8.8.8', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['64:ff9b::7f00:1', true],
  ['2606:4700::1111', false],
  ['localhost', true],
])('the address %s is private: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});

describe('requests to other services', () => {
  let server: Server;
  let origin: string;
  let requests: string[] = [];
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/plain': (response) => void response.setHeader('x-more', ['a', 'b']).end('{"plain":true}'),
    '/away': (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    '/long': (response) => void response.end('x'.repeat(2000)),
    '/never': (response) => void response.write('x'),
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (chunks.length > 0) response.setHeader('x-body', Buffer.concat(chunks).toString());
        answers[request.url ?? '']?.(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const limits = { timeoutMs: 20_000, maxBytes: 1000 };

  test('have the whole answer, and send what they are given', async () => {
    const fetch = boundedFetch({ ...limits, named: [`${origin}/keys`] });
    const body = new URLSearchParams({ code: 'a b' });
    const answer = await fetch(`${origin}/plain`, { method: 'POST', body, headers: { accept: 'application/json' } });
    expect([answer.status, await answer.json()]).toEqual([200, { plain: true }]);
    expect([answer.headers.get('x-more'), answer.headers.get('x-body')]).toEqual(['a, b', 'code=a+b']);
  });

  test('SEC-85: follow no redirect, read no more than they may, and wait no longer', async () => {
    const fetch = boundedFetch({ ...limits, named: [origin] });
    expect((await fetch(`${origin}/away`)).status).toBe(302);
    await expect(fetch(`${origin}/long`)).rejects.toThrow('more than 1000 bytes');
    await expect(boundedFetch({ ...limits, named: [origin], timeoutMs: 50 })(`${origin}/never`)).rejects.toThrow(
      /timeout|aborted/i,
    );
  });

  test('SEC-85: connect to nothing inside the network that is not named', async () => {
    const fetch = boundedFetch({ ...limits, named: ['https://id.example.com'] });
    const { port } = new URL(origin);
    requests = [];
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
      await expect(fetch(`http://${host}:${port}/plain`)).rejects.toThrow('not public');
    }
    expect(requests).toEqual([]);
  });
});
