import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** A file of a request's form, set aside on the disk until the request is answered. */
export class UploadedFile {
  constructor(
    /** What the sender calls it. Never part of a path. */
    readonly filename: string,
    /** What the sender says that it is; see to the content for what it is. */
    readonly claimedType: string,
    /** Bytes. */
    readonly size: number,
    /** Where it is set aside. */
    readonly path: string,
  ) {}

  /** The text behind the last dot of its name, in lower case; empty when there is none. */
  get extension(): string {
    return /\.([a-z\d]+)$/i.exec(this.filename)?.[1]?.toLowerCase() ?? '';
  }

  stream(): Readable {
    return createReadStream(this.path);
  }

  /** Its first bytes, at most so many. */
  async head(length: number): Promise<Buffer> {
    const file = await open(this.path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(length, this.size)), 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
