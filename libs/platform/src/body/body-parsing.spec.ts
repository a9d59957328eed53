import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Body, Controller, Module, Post, Put, Req } from '@nestjs/common';
import { FORM_BODY_ROUTE, LAZY_BODY_ROUTE, type LazyBody, UnauthorizedException } from '@core-framework/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { CoreFactory } from '../core-factory.js';

const LIMIT = 1000;

@Controller()
class EchoController {
  @Post('echo')
  @RouteConfig({ [FORM_BODY_ROUTE]: true })
  echo(@Body() body: unknown) {
    return { body: body === undefined ? 'nothing' : body };
  }

  @Post('json')
  json(@Body() body: unknown) {
    return { body };
  }

  @Put('lazy')
  @RouteConfig({ [LAZY_BODY_ROUTE]: true })
  async lazy(@Req() { body }: FastifyRequest) {
    return { body: await (body as LazyBody).read() };
  }

  @Post('refusing')
  @RouteConfig({ [LAZY_BODY_ROUTE]: true })
  refusing(): never {
    throw new UnauthorizedException();
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  process.env.MAX_UPLOAD_SIZE = String(LIMIT);
  process.env.API_PREFIX = '';
  try {
    app = await CoreFactory.create(EchoModule, { logger: false });
  } finally {
    delete process.env.MAX_UPLOAD_SIZE;
    delete process.env.API_PREFIX;
  }
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());

const post = async (payload: string | Buffer, type = 'application/json', url = '/echo', headers = {}) => {
  const answer = await app.inject({
    method: url === '/lazy' ? 'PUT' : 'POST',
    url,
    payload,
    headers: { 'content-type': type, ...headers },
  });
  return { status: answer.statusCode, ...answer.json<{ body?: unknown; code?: string; detail?: string }>() };
};

test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=b', 'text/plain'])(
  'a route that does not take forms answers %s with 415',
  async (type) => {
    expect(await post('a=1', type, '/json')).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect(await post('{"a":1}', 'application/json', '/json')).toMatchObject({ body: { a: 1 } });
  },
);

describe.each(['/echo', '/lazy'])('a body sent to %s', (url) => {
  test.each([
    ['application/json', '{"a":[1,"é"]}', { a: [1, 'é'] }],
    ['application/json; charset=UTF-8', '{"a":1}', { a: 1 }],
    ['application/vnd.api+json', '{"a":1}', { a: 1 }],
    ['application/x-www-form-urlencoded', 'a=1&b=2&b=3&__proto__=x', { a: '1', b: ['2', '3'], ['__proto__']: 'x' }],
  ])('of %s is parsed', async (type, text, expected) => {
    const { status, body } = await post(text, type, url);
    expect(Object.entries(body as object)).toEqual(Object.entries(expected));
    expect(status).toBeLessThan(300);
  });

  test.each([
    ['broken JSON', '{"password":"hunter2', 'application/json', 400, 'parse_error'],
    ['a prototype', '{"a":{"__proto__":{"admin":true}}}', 'application/json', 400, 'parse_error'],
    ['a constructor', '{"constructor":{"prototype":{"admin":true}}}', 'application/json', 400, 'parse_error'],
    ['bad UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'parse_error'],
    ['200 levels', '['.repeat(200) + ']'.repeat(200), 'application/json', 400, 'parse_error'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    ['another charset', '{}', 'application/json; charset=latin1', 415, 'unsupported_media_type'],
    ['no media type at all', '{}', 'nonsense', 415, 'unsupported_media_type'],
    ['too many bytes', JSON.stringify('x'.repeat(LIMIT)), 'application/json', 413, 'payload_too_large'],
  ])('with %s is refused', async (_what, payload, type, status, code) => {
    const answer = await post(payload, type, url);
    expect(answer).toMatchObject({ status, code });
    expect(answer.detail).not.toContain('hunter2');
  });

  test('that is compressed is refused', async () => {
    expect(await post('{}', 'application/json', url, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
  });
});

test('deep nesting inside of strings is no nesting', async () => {
  expect(await post(JSON.stringify('['.repeat(300)))).toMatchObject({ status: 201, body: '['.repeat(300) });
});

test('an empty body is no body, whatever its media type', async () => {
  expect(await post('', 'application/json')).toMatchObject({ status: 201, body: 'nothing' });
  expect(await post('', 'image/png')).toMatchObject({ status: 201, body: 'nothing' });
});

test('a body that nobody may send is refused before it is looked at', async () => {
  for (const type of ['application/json', 'image/png', 'nonsense']) {
    expect(await post('{"broken', type, '/refusing')).toMatchObject({ status: 401 });
    expect(await post('{"broken', type, '/nowhere')).toMatchObject({ status: 404 });
  }
});

describe('a connection', () => {
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  /** Reads until as many answers have come as were asked for. */
  const answers = async (socket: Socket, count: number): Promise<string[]> => {
    let text = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      const lines = text.match(/HTTP\/1\.1 \d+/g) ?? [];
      if (lines.length >= count && /\r\n\r\n\{.*\}$/s.test(text)) return lines;
    }
    return text.match(/HTTP\/1\.1 \d+/g) ?? [];
  };
  const request = (path: string, headers: string, body = '') =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
  const next = request('/echo', 'Content-Length: 2', '{}');

  test.each([
    ['without credentials', '/refusing', 'HTTP/1.1 401'],
    ['too large', '/echo', 'HTTP/1.1 413'],
    ['to nowhere', '/nowhere', 'HTTP/1.1 404'],
  ])('lives on after a body %s was refused unread', async (_what, path, status) => {
    const socket = await open();
    const size = 200_000;
    socket.write(request(path, `Content-Length: ${size}`, 'x'.repeat(1000)));
    expect(await answers(socket, 1)).toEqual([status]);
    socket.write('x'.repeat(size - 1000) + next);
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 201']);
    socket.destroy();
  });

  test('that sends chunks beyond the limit is told so', async () => {
    const socket = await open();
    socket.write(request('/echo', 'Transfer-Encoding: chunked'));
    socket.write(`${(2 * LIMIT).toString(16)}\r\n${'x'.repeat(2 * LIMIT)}\r\n`);
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 413']);
    socket.write(`0\r\n\r\n${next}`);
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 201']);
    socket.destroy();
  });

  test('that never stops sending a refused body is cut off', async () => {
    const socket = await open();
    socket.write(request('/refusing', 'Transfer-Encoding: chunked'));
    const chunk = `${(1 << 20).toString(16)}\r\n${'x'.repeat(1 << 20)}\r\n`;
    let sent = 0;
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('data', () => undefined);
    const send = (): void => {
      while (!socket.destroyed && sent < 200 && socket.write(chunk)) sent++;
    };
    socket.on('drain', send);
    send();
    await closed;
    expect(sent).toBeLessThan(200);
  });

  test('that breaks off an upload harms nobody else', async () => {
    const socket = await open();
    socket.write(request('/echo', 'Content-Length: 500', '{"a":'));
    socket.destroy();
    expect(await post('{"a":1}')).toMatchObject({ status: 201 });
  });

  test('that speaks no HTTP is answered in the shape of errors', async () => {
    const socket = await open();
    socket.write('nonsense\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(text).toContain('"code":"bad_request"');
  });
});
