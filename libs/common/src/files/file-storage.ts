import type { Readable } from 'node:stream';

/** What a storage is told of a file that it shall keep. */
export interface FileToStore {
  /** Where among its files it belongs: `posts/cover`. Fixed by the application, never by a client. */
  readonly directory: string;
  /** Without the dot, in lower case; empty for none. */
  readonly extension: string;
  /** The media type that was found by looking at the content. */
  readonly contentType?: string;
}

/**
 * Keeps files outside of the database. Keys are made by the storage, and nothing that a client says is part of one; a
 * file is there under its key completely or not at all.
 */
export interface FileStorage {
  /** Keeps the content and answers its key, at most 255 characters. Nothing stays behind when the content breaks off. */
  save(content: Readable, file: FileToStore): Promise<string>;
  /** @throws FileNotStoredError */
  open(key: string): Promise<Readable>;
  /** Answers whether there was such a file. */
  delete(key: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** Bytes. @throws FileNotStoredError */
  size(key: string): Promise<number>;
  /** Where clients get the file. */
  url(key: string): string;
}

/** Injection token of the application's {@link FileStorage}; without one, files are kept on the local disk. */
export const FILE_STORAGE = Symbol.for('@core-framework/common:file-storage');
