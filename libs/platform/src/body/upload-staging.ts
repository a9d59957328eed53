import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where the files of one request are set aside until it is answered. */
export class UploadStaging {
  #directory?: Promise<string>;
  #count = 0;

  /** Writes a file aside and answers where, and how large it is. */
  async put(content: Readable): Promise<{ readonly path: string; readonly size: number }> {
    const path = join(await (this.#directory ??= mkdtemp(join(tmpdir(), 'core-upload-'))), String(this.#count++));
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await pipeline(content, file);
    return { path, size: file.bytesWritten };
  }

  /** Removes all of it. */
  async clear(): Promise<void> {
    if (this.#directory) await rm(await this.#directory, { recursive: true, force: true });
  }
}
