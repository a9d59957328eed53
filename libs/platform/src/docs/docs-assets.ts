import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

/** A file of the documentation pages, ready to be sent. */
export interface DocsAsset {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

const require = createRequire(import.meta.url);
const SCRIPT = 'text/javascript; charset=utf-8';
/** A picture that Redoc's bundle asks another host for; the page must ask nobody. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';

const SOURCES: Readonly<Record<string, { file(): string; readonly type: string; edit?(text: string): string }>> = {
  'swagger-ui.css': { file: () => require.resolve('swagger-ui-dist/swagger-ui.css'), type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': { file: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: SCRIPT },
  'redoc.standalone.js': {
    file: () => require.resolve('redoc/bundles/redoc.standalone.js'),
    type: SCRIPT,
    edit: (text) => text.replaceAll(REDOC_LOGO, EMPTY_PICTURE),
  },
};

const compress = promisify(gzip);
const loaded = new Map<string, Promise<DocsAsset>>();

/** Reads a bundle out of the installed packages, once per process; `undefined` for any other name. */
export function docsAsset(name: string): Promise<DocsAsset> | undefined {
  const source = Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
  if (!source) return undefined;
  let asset = loaded.get(name);
  if (!asset) loaded.set(name, (asset = load(source.file(), source.type, source.edit)));
  return asset;
}

async function load(file: string, type: string, edit = (text: string) => text): Promise<DocsAsset> {
  const body = Buffer.from(edit(await readFile(file, 'utf8')));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { type, etag, body, gzipped: await compress(body) };
}
