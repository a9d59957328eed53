import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AUTHENTICATOR, ANONYMOUS, CheckRegistry, type Principal } from '@core-framework/common';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { BaseModel, type Collection, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { AllowAny, InputSchema, IsAuthenticated, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

@Model()
class Report extends BaseModel {
  declare static readonly objects: Manager<Report>;

  @Field.string({ maxLength: 20, unique: true }) title!: string;
  @Field.integer({ default: 1 }) pages!: number;
  @Field.boolean({ default: true }) isPublic!: boolean;
  @Field.file({ extensions: ['pdf', 'txt'], maxSize: 2000, uploadTo: 'reports/files' }) paper!: string;
  @Field.image({ nullable: true, maxWidth: 10 }) cover!: string | null;
}

@Model()
class Shelf extends BaseModel {
  @Field.string() name!: string;
  @Field.manyToMany(() => Report) reports!: Collection<Report>;
}

@ViewSet({
  model: Report,
  permissions: [IsAuthenticated],
  permissionsByAction: { list: [AllowAny], retrieve: [AllowAny] },
  bulk: { delete: true },
})
class ReportViewSet extends ModelViewSet<Report> {
  override afterCreate(report: Report) {
    if (report.title === 'given up') throw new Error('given up');
  }
}

@Global()
@Module({
  providers: [
    {
      provide: AUTHENTICATOR,
      useValue: {
        authenticate: ({ headers }: { headers: Record<string, unknown> }): Principal | null =>
          headers['x-user'] === undefined ? null : { ...ANONYMOUS, id: 1, isAuthenticated: true, isActive: true },
      },
    },
  ],
  exports: [AUTHENTICATOR],
})
class CallerModule {}

let media: string;
let temporary: string;
const usual = process.env['TMPDIR'];
let app: NestFastifyApplication;

beforeAll(async () => {
  media = await mkdtemp(join(tmpdir(), 'media-'));
  temporary = await mkdtemp(join(tmpdir(), 'aside-'));
  process.env['TMPDIR'] = temporary;
  class UploadTestSettings extends CoreSettings {
    override apiPrefix = '';
    override mediaRoot = media;
    override maxUploadSize = 20_000;
    override databaseUrl = 'sqlite://:memory:';
  }
  @Module({
    imports: [
      SettingsModule.forRoot(UploadTestSettings),
      CoreOrmModule.forRoot({ models: [Report], schema: 'update' }),
      CallerModule,
      ViewSetModule.forFeature([ReportViewSet]),
    ],
  })
  class UploadsModule {}
  app = await CoreFactory.create(UploadsModule, { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await app?.close();
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  for (const folder of [media, temporary]) await rm(folder, { recursive: true, force: true });
});

type Part = string | { name: string; content: string | Buffer; type?: string };

/** A form as browsers write it. */
function formOf(parts: Readonly<Record<string, Part | readonly Part[]>>): {
  payload: Buffer;
  headers: Record<string, string>;
} {
  const boundary = '----boundary';
  const pieces = Object.entries(parts).flatMap(([field, value]) =>
    [value].flat().map((part) => {
      const file = typeof part === 'string' ? undefined : part;
      const head = file ? `; filename="${file.name}"\r\nContent-Type: ${file.type ?? 'application/octet-stream'}` : '';
      return Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"${head}\r\n\r\n`),
        Buffer.from(file ? file.content : (part as string)),
        Buffer.from('\r\n'),
      ]);
    }),
  );
  return {
    payload: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'x-user': '1' },
  };
}

const pdf = (text = 'a') => ({ name: 'x.pdf', content: `%PDF-1.7\n${text}` });
/** The start of a picture of so many pixels, as far as sizes are read. */
const png = (width: number) => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(1, 4);
  const head = Buffer.concat([
    Buffer.from([0, 0, 0, 13]),
    Buffer.from('IHDR'),
    size,
    Buffer.from([8, 0, 0, 0, 0]),
    Buffer.alloc(4),
  ]);
  return {
    name: 'c.png',
    content: Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      head,
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('IDAT'),
      Buffer.alloc(4),
    ]),
  };
};

let count = 0;
async function send(
  parts: Parameters<typeof formOf>[0],
  { method = 'POST', url = '/reports', as = '1' }: { method?: string; url?: string; as?: string | null } = {},
) {
  const { payload, headers } = formOf(parts);
  if (as === null) delete headers['x-user'];
  const answer = await app.inject({ method: method as 'POST', url, payload, headers });
  return {
    status: answer.statusCode,
    body: answer.json(),
  };
}
const create = (parts: Parameters<typeof formOf>[0] = {}) => send({ title: `r${++count}`, paper: pdf(), ...parts });
const codes = (body: { errors: Record<string, { code: string }[]> }) =>
  Object.entries(body.errors).map(([field, found]) => [field, ...found.map(({ code }) => code)]);
const get = (url: string, headers = {}) => app.inject({ method: 'GET', url, headers });
const kept = async () =>
  (await readdir(media, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
/** The folders in which files of requests are set aside; they go once the answer is out, a moment after it is read. */
const aside = async () => {
  const folders = async () => (await readdir(temporary)).length;
  for (let round = 0; round < 50 && (await folders()) > 0; round++) await setTimeout(20);
  return folders();
};

let before = 0;
beforeEach(async () => {
  before = await kept();
});

describe('a form with files', () => {
  test('is read by the rules of the fields, and its files are served', async () => {
    const { status, body } = await create({ pages: '7', isPublic: 'false', cover: png(3) });
    expect([status, body]).toMatchObject([201, { pages: 7, isPublic: false }]);
    expect(body['paper']).toMatch(/^\/media\/reports\/files\/\d{4}\/\d\d\/[\da-f-]{36}\.pdf$/);
    expect(body['cover']).toMatch(/^\/media\/reports\/cover\/.*\.png$/);
    expect(await kept()).toBe(before + 2);
    const paper = await get(body['paper']);
    expect([paper.statusCode, paper.payload]).toEqual([200, '%PDF-1.7\na']);
    expect(paper.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-type': 'application/pdf' });
    expect(paper.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/);
    const cover = await get(body['cover']);
    expect([cover.headers['content-type'], cover.headers['content-disposition']]).toEqual(['image/png', 'inline']);
    const part = await get(body['paper'], { range: 'bytes=0-3' });
    expect([part.statusCode, part.payload, part.headers['content-range']]).toEqual([206, '%PDF', 'bytes 0-3/10']);
    expect((await get(`/reports/${String(body['id'])}`)).json()).toEqual(body);
  });

  test('takes the defaults for what is not in it', async () => {
    expect((await create()).body).toMatchObject({ isPublic: true, pages: 1, cover: null });
    expect(codes((await send({ title: 'x', pages: 'many', isPublic: 'perhaps' })).body)).toEqual([
      ['pages', 'invalid'],
      ['isPublic', 'invalid'],
      ['paper', 'required'],
    ]);
  });

  test.each([
    [
      'a page for a document',
      { paper: { name: 'x.pdf', content: '<html><script>1</script>' } },
      ['paper', 'invalid_content'],
    ],
    ['an extension that is not allowed', { paper: { name: 'x.exe', content: 'MZ' } }, ['paper', 'invalid_extension']],
    ['a file that is too large', { paper: pdf('x'.repeat(3000)) }, ['paper', 'max_size']],
    ['an empty file', { paper: { name: 'x.pdf', content: '' } }, ['paper', 'empty']],
    ['a text for a file', { paper: 'reports/files/x.pdf' }, ['paper', 'invalid']],
    ['a picture that is too wide', { cover: png(11) }, ['cover', 'max_dimensions']],
    ['a file for a field without files', { pages: pdf() }, ['pages', 'invalid']],
    ['a file for a field that is not known', { other: pdf() }, ['other', 'unknown_field']],
    ['a key that could be a prototype', { ['__proto__']: 'x' }, ['__proto__', 'unknown_field']],
  ])('is refused with %s, and nothing is kept', async (_what, parts, expected) => {
    const { status, body } = await create(parts);
    expect([status, codes(body)]).toEqual([400, [expected]]);
    expect(await kept()).toBe(before);
    expect(await aside()).toBe(0);
  });

  test('is not read before its sender may send it', async () => {
    expect((await send({ paper: pdf() }, { as: null })).status).toBe(401);
    expect((await send({ paper: pdf() }, { method: 'PUT', url: '/reports/99999' })).status).toBe(404);
    expect((await send({ title: 'x', paper: pdf('x'.repeat(30_000)) })).status).toBe(413);
    expect(await kept()).toBe(before);
    expect(await aside()).toBe(0);
  });

  test('leaves no file behind when its row is not written', async () => {
    expect((await create({ title: 'given up' })).status).toBe(500);
    await create({ title: 'taken' });
    expect(await kept()).toBe(before + 1);
    expect(codes((await create({ title: 'taken' })).body)).toEqual([['title', 'unique']]);
    expect(await kept()).toBe(before + 1);
  });

  test('that is broken is 400', async () => {
    const { headers } = formOf({});
    const broken = (payload: string, type = headers['content-type']!) =>
      app.inject({ method: 'POST', url: '/reports', payload, headers: { ...headers, 'content-type': type } });
    for (const answer of [await broken('nonsense'), await broken('x', 'multipart/form-data')]) {
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'parse_error']);
    }
  });
});

test('nothing is amiss with files where forms are read', async () => {
  const codes = (await app.get(CheckRegistry).run()).map(({ code }) => code);
  expect(codes).not.toContain('VIEWSET_FILES_WITHOUT_FORMS');
});

test('objects inside of an input may have no files, which forms alone carry', async () => {
  class ShelfInput extends InputSchema(Shelf, { nested: { reports: ['create'] } }) {}
  @ViewSet({ model: Shelf, input: ShelfInput, permissions: [AllowAny] })
  class ShelfViewSet extends ModelViewSet<Shelf, ShelfInput> {}
  @Module({
    imports: [
      CoreOrmModule.forRoot({ models: [Report, Shelf], url: 'sqlite://:memory:' }),
      ViewSetModule.forFeature([ShelfViewSet]),
    ],
  })
  class ShelvesModule {}
  const starting = CoreFactory.create(ShelvesModule, { logger: false }).then((one) => one.init());
  await expect(starting).rejects.toMatchObject({
    code: 'VIEWSET_INVALID_OPTION',
    message: expect.stringContaining('"paper"'),
  });
});

describe('the file of a row', () => {
  test('is replaced, taken away and deleted with it', async () => {
    const { body } = await create({ cover: png(1) });
    const url = `/reports/${String(body['id'])}`;
    const replaced = await send({ paper: pdf('b') }, { method: 'PATCH', url });
    expect((await get(replaced.body['paper'])).payload).toBe('%PDF-1.7\nb');
    expect((await get(body['paper'])).statusCode).toBe(404);
    const patch = (payload: object) => app.inject({ method: 'PATCH', url, payload, headers: { 'x-user': '1' } });
    expect((await patch({ cover: null })).json()).toMatchObject({ cover: null });
    expect((await get(body['cover'])).statusCode).toBe(404);
    expect((await patch({ paper: body['paper'] })).statusCode).toBe(400);
    expect((await patch({ paper: null })).statusCode).toBe(400);
    expect(await kept()).toBe(before + 1);
    await app.inject({ method: 'DELETE', url, headers: { 'x-user': '1' } });
    expect(await kept()).toBe(before);
    const many = [await create(), await create()].map((one) => String(one.body['id'])).join();
    await app.inject({ method: 'DELETE', url: `/reports/bulk?id__in=${many}`, headers: { 'x-user': '1' } });
    expect(await kept()).toBe(before);
  });

  test('is reached by its key alone', async () => {
    for (const path of [
      '/media',
      '/media/',
      '/media/reports',
      '/media/../package.json',
      '/media/%2e%2e/x.pdf',
      '/media/.incoming/x',
    ]) {
      expect((await get(path)).statusCode).toBe(404);
    }
  });
});

test('the document tells forms from JSON', async () => {
  const { paths, components } = (await get('/openapi.json')).json();
  expect(Object.keys(paths['/reports'].post.requestBody.content)).toEqual(['multipart/form-data']);
  expect(Object.keys(paths['/reports/{id}'].patch.requestBody.content)).toEqual([
    'application/json',
    'multipart/form-data',
  ]);
  expect(components.schemas.ReportInputForm.properties.paper).toEqual({ type: 'string', format: 'binary' });
  expect(components.schemas.PatchedReportInput.properties).toMatchObject({ cover: { type: 'null' } });
  expect(components.schemas.ReportOutput.properties.cover).toMatchObject({ type: ['string', 'null'] });
});
