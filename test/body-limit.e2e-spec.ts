import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import {
  Action,
  AllowAny,
  InputSchema,
  IsAuthenticated,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const LIMIT = 1000;
const SERVER = 10_000;

@Model()
class Memo extends BaseModel {
  declare static readonly objects: Manager<Memo>;
  @Field.text() body!: string;
  @Field.file({ nullable: true, extensions: ['txt'] }) paper!: string | null;
}

class MemoInput extends InputSchema(Memo) {}

const long = { method: 'POST', input: MemoInput, bodyLimit: 4 * SERVER } as const;

@ViewSet({ model: Memo, path: 'memos', permissions: [AllowAny], bulk: { create: true }, bodyLimit: LIMIT })
class MemoViewSet extends ModelViewSet<Memo> {
  @Action({ method: 'POST', form: true, input: MemoInput, bodyLimit: LIMIT / 2 })
  short() {
    return { read: true };
  }

  @Action(long)
  long() {
    return { read: true };
  }

  @Action({ ...long, path: 'locked', permissions: [IsAuthenticated], bodyLimit: LIMIT / 2 })
  locked() {
    return { read: true };
  }
}

const json = (bytes: number) => `{"body":"${'x'.repeat(bytes - '{"body":""}'.length)}"}`;
const array = (bytes: number) => `[${json(bytes - 2)}]`;
const form = (bytes: number) => `body=${'x'.repeat(bytes - 'body='.length)}`;
const multipart = (bytes: number) => {
  const start = '--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n';
  return `${start}${'x'.repeat(bytes - start.length - '\r\n--b--\r\n'.length)}\r\n--b--\r\n`;
};
const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';

describe('bodyLimit of ViewSets and actions', () => {
  let app: NestFastifyApplication;
  let socket: Socket;
  let id: number;

  beforeAll(async () => {
    class MemoSettings extends CoreSettings {
      override apiPrefix = '';
      override databaseUrl = 'sqlite://:memory:';
      override maxUploadSize = SERVER;
    }
    @Module({
      imports: [
        SettingsModule.forRoot(MemoSettings),
        CoreOrmModule.forRoot({ models: [Memo], schema: 'update' }),
        ViewSetModule.forFeature([MemoViewSet]),
      ],
    })
    class MemosModule {}
    app = await CoreFactory.create(MemosModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    socket = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    const made = await send('POST', '/memos', json(20), JSON_TYPE);
    id = (JSON.parse(made.body) as { id: number }).id;
  });
  afterAll(async () => {
    socket?.destroy();
    await app?.close();
  });

  /** Every request of this file goes over one connection: none of them may cost it. */
  async function send(verb: string, path: string, body: string, type: string, isChunked = false) {
    const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
    socket.write(`${verb} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`);
    socket.write(isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body);
    let text = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const expected = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      const answer = rest.join('\r\n\r\n');
      if (Buffer.byteLength(answer) >= expected) return { status: Number(head.split(' ')[1]), body: answer };
    }
    throw new Error(`The connection is gone after ${text}`);
  }

  const routes = [
    ['POST', '/memos', LIMIT, json, JSON_TYPE],
    ['POST', '/memos', LIMIT, multipart, MULTIPART],
    ['PUT', '/memos/ID', LIMIT, json, JSON_TYPE],
    ['PATCH', '/memos/ID', LIMIT, json, JSON_TYPE],
    ['PATCH', '/memos/ID', LIMIT, multipart, MULTIPART],
    ['POST', '/memos/bulk', LIMIT, array, JSON_TYPE],
    ['POST', '/memos/short', LIMIT / 2, json, JSON_TYPE],
    ['POST', '/memos/short', LIMIT / 2, form, FORM],
    ['POST', '/memos/short', LIMIT / 2, multipart, MULTIPART],
    ['POST', '/memos/long', 4 * SERVER, json, JSON_TYPE],
    ['POST', '/memos/long', 4 * SERVER, multipart, MULTIPART],
  ] as const;
  describe.each([
    ['with its length', false],
    ['in chunks', true],
  ])('for a body %s', (_how, isChunked) => {
    test.each(routes)('of %s %s is %d bytes, also in slashed form', async (verb, path, limit, bodyOf, type) => {
      for (const url of [path, `${path}/`].map((one) => one.replace('ID', String(id)))) {
        const refused = await send(verb, url, bodyOf(limit + 1), type, isChunked);
        expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
          413,
          { detail: `The body is larger than ${limit} bytes.`, code: 'payload_too_large' },
        ]);
        expect((await send(verb, url, bodyOf(limit), type, isChunked)).status).toBeLessThan(300);
      }
    });

    test('is asked for after credentials', async () => {
      expect((await send('POST', '/memos/locked', json(LIMIT), JSON_TYPE, isChunked)).status).toBe(401);
    });
  });
});
