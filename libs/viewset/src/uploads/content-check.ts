import type { FieldError, UploadedFile } from '@core-framework/common';
import { fileTypeFromFile } from 'file-type';
import { buffer } from 'node:stream/consumers';

/** Extensions that mean the same content. */
const SAME: Readonly<Record<string, string>> = { jpeg: 'jpg', tiff: 'tif', mpeg: 'mpg', htm: 'html', yml: 'yaml' };

/** Text formats, which no magic number tells apart, and their media types. */
const TEXTS: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  md: 'text/markdown',
  json: 'application/json',
  yaml: 'application/yaml',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  html: 'text/html',
};

const MARKUP = /<(?:!doctype\s+html|html|head|body|script|iframe|object|embed|svg|meta|link)\b/i;
/** What makes a picture a program: scripts, handlers, foreign markup, addresses that run, entities. */
const ACTIVE =
  /<(?:[\w-]+:)?(?:script|foreignobject|iframe|object|embed|handler|animate|set)\b|\son[a-z]+\s*=|(?:javascript|data|vbscript)\s*:|<!entity|<\?xml-stylesheet/i;

/** What a file was found to be: its media type and its usual extension, or why it is not what its name says. */
export type ContentOutcome =
  | { readonly contentType: string; readonly extension: string; readonly error?: undefined }
  | { readonly error: FieldError; readonly contentType?: undefined; readonly extension?: undefined };

/**
 * Looks at the content of a file: the type that its first bytes tell must be the one of its extension. Texts must be
 * text, and hold no markup unless they are to; pictures in SVG hold nothing that runs.
 */
export async function checkContent(file: UploadedFile): Promise<ContentOutcome> {
  const extension = canonical(file.extension);
  const detected = await fileTypeFromFile(file.path);
  const textType = TEXTS[extension];
  // XML is found by its declaration, and so is much of what is built on it.
  if (detected && !(detected.ext === 'xml' && textType)) {
    return canonical(detected.ext) === extension ? { contentType: detected.mime, extension } : mismatch(file.extension);
  }
  if (!textType || !(await isText(file))) return mismatch(file.extension);
  if (extension === 'svg') return (await isPassive(file)) ? { contentType: textType, extension } : active();
  if (extension !== 'html' && MARKUP.test((await file.head(4096)).toString('utf8'))) return mismatch(file.extension);
  return { contentType: textType, extension };
}

function canonical(extension: string): string {
  return SAME[extension] ?? extension;
}

async function isText(file: UploadedFile): Promise<boolean> {
  const head = await file.head(64 * 1024);
  if (head.includes(0)) return false;
  // The end of the piece may cut a character in two.
  const text = new TextDecoder('utf-8', { fatal: false }).decode(head).slice(0, -1);
  return !text.includes('\uFFFD');
}

async function isPassive(file: UploadedFile): Promise<boolean> {
  if (file.size > 1024 * 1024) return false;
  // Handlers may be written with character references, which only a parser would undo.
  const text = (await buffer(file.stream())).toString('utf8');
  return /<svg\b/i.test(text) && !ACTIVE.test(text) && !/&#/.test(text);
}

function mismatch(extension: string): ContentOutcome {
  const message = `The content of the file is not what its extension "${extension}" says.`;
  return { error: { code: 'invalid_content', message } };
}

function active(): ContentOutcome {
  return { error: { code: 'invalid_content', message: 'The picture holds something that runs.' } };
}
