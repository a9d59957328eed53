import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileNotStoredError, InvalidFileKeyError } from './file.errors.js';
import type { FileStorage, FileToStore } from './file-storage.js';

const DIRECTORY = /^[a-z\d][\w-]*(?:\/[a-z\d][\w-]*)*$/i;
const EXTENSION = /^[a-z\d]{0,16}$/;
const KEY = /^(?:[a-z\d][\w-]*\/)+[a-z\d-]+(?:\.[a-z\d]{1,16})?$/i;
/** No key starts with a dot, so no file here can be asked for. */
const INCOMING = '.incoming';

/** Options of {@link LocalFileStorage}. */
export interface LocalFileStorageOptions {
  /** The folder; made when the first file comes. */
  readonly root: string;
  /** What stands before keys in the addresses of files: a path, or another server's address. */
  readonly baseUrl: string;
}

/**
 * Keeps files in a folder. Keys are the application's directory, the month and a random name; content is written aside
 * and moved to its place once it is complete.
 */
export class LocalFileStorage implements FileStorage {
  readonly root: string;
  readonly #baseUrl: string;

  constructor({ root, baseUrl }: LocalFileStorageOptions) {
    this.root = resolve(root);
    this.#baseUrl = baseUrl.replace(/(?<!\/)\/+$/, '');
  }

  /** @throws InvalidFileKeyError for a directory or an extension that is not made of plain words. */
  async save(content: Readable, { directory, extension }: FileToStore): Promise<string> {
    if (!DIRECTORY.test(directory) || !EXTENSION.test(extension)) throw new InvalidFileKeyError();
    const name = randomUUID();
    const month = new Date().toISOString().slice(0, 7).replace('-', '/');
    const key = `${directory}/${month}/${name}${extension && `.${extension}`}`;
    const incoming = join(this.root, INCOMING, name);
    await mkdir(dirname(incoming), { recursive: true });
    try {
      await pipeline(content, createWriteStream(incoming, { flags: 'wx', mode: 0o640 }));
      const target = this.#pathOf(key);
      await mkdir(dirname(target), { recursive: true });
      await rename(incoming, target);
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
    return key;
  }

  async open(key: string): Promise<Readable> {
    const path = this.#pathOf(key);
    try {
      const file = await open(path);
      return file.createReadStream();
    } catch (error) {
      throw new FileNotStoredError(key, error);
    }
  }

  async delete(key: string): Promise<boolean> {
    const path = this.#pathOf(key);
    const existed = await this.exists(key);
    await rm(path, { force: true });
    return existed;
  }

  async exists(key: string): Promise<boolean> {
    return stat(this.#pathOf(key)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  async size(key: string): Promise<number> {
    try {
      return (await stat(this.#pathOf(key))).size;
    } catch (error) {
      if (error instanceof InvalidFileKeyError) throw error;
      throw new FileNotStoredError(key, error);
    }
  }

  url(key: string): string {
    return `${this.#baseUrl}/${key}`;
  }

  #pathOf(key: string): string {
    if (!KEY.test(key)) throw new InvalidFileKeyError();
    return join(this.root, key);
  }
}

/** Whether a text has the form of a key that {@link LocalFileStorage} makes. */
export function isLocalFileKey(text: string): boolean {
  return KEY.test(text);
}
