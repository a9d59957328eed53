import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UploadedFile } from '@core-framework/common';
import { writeFile } from 'node:fs/promises';
import { checkContent } from './content-check.js';

const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function upload(filename: string, content: string | Buffer): Promise<UploadedFile> {
  const path = join(folder, String((await readdir(folder)).length));
  await writeFile(path, content);
  return new UploadedFile(filename, 'application/octet-stream', Buffer.byteLength(content), path);
}

const png = Buffer.concat([
  PNG_HEAD,
  Buffer.from([0, 0, 0, 13]),
  Buffer.from('IHDR'),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
  Buffer.alloc(4),
  deflateSync(Buffer.alloc(16)),
]);

describe('the content of a file', () => {
  test.each([
    ['a.png', png, 'image/png'],
    ['a.PNG', png, 'image/png'],
    ['a.txt', 'grüße', 'text/plain'],
    ['a.csv', 'a,b\n1,2\n', 'text/csv'],
    ['a.json', '{"a":1}', 'application/json'],
    ['a.pdf', '%PDF-1.7\n', 'application/pdf'],
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/></svg>', 'image/svg+xml'],
  ])('of %s is found to be what its name says', async (name, content, type) => {
    expect((await checkContent(await upload(name, content))).contentType).toBe(type);
  });

  test.each([
    ['a page for a picture', 'a.png', '<html><script>alert(1)</script></html>'],
    ['a program for a picture', 'a.jpg', Buffer.from('MZ\0\0'.padEnd(300, '\0'))],
    ['a program for a text', 'a.txt', Buffer.from('\u007fELF\x02\x01\x01'.padEnd(300, '\0'))],
    ['a picture for a document', 'a.pdf', png],
    ['a page for a text', 'a.txt', '  <!DOCTYPE html><p>'],
    ['a page for a table', 'a.csv', 'a,<script>alert(1)</script>'],
    ['a text that is none', 'a.txt', Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x20])],
    ['a picture with a script', 'a.svg', '<svg><script>alert(1)</script></svg>'],
    ['a picture with a handler', 'a.svg', '<svg onload=alert(1)>'],
    ['a picture with an address that runs', 'a.svg', '<svg><a href="java&#115;cript:alert(1)"/></svg>'],
    ['a picture with entities', 'a.svg', '<!DOCTYPE svg [<!ENTITY x "y">]><svg>&x;</svg>'],
    ['an unknown format', 'a.xyz', 'hello'],
    ['a name without an extension', 'a', 'hello'],
  ])('is refused when it is %s', async (_what, name, content) => {
    expect((await checkContent(await upload(name, content))).error?.code).toBe('invalid_content');
  });
});
