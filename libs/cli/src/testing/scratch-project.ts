import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCore } from '../run-core.js';
import type { Streams } from '../terminal/terminal.js';

const fileAt = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What a command line came to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project in a folder of its own, with the application of the README in it, and a database in its folder. */
export class ScratchProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'core-cli-'));
  readonly #home = process.cwd();
  readonly #env = { ...process.env };

  constructor() {
    this.write('package.json', JSON.stringify({ name: 'shop', type: 'module' }));
    mkdirSync(join(this.folder, 'src'));
    copyFileSync(fileAt('../../examples/shop.ts'), join(this.folder, 'src', 'app.module.ts'));
    symlinkSync(fileAt('../../../../node_modules'), join(this.folder, 'node_modules'));
    process.env['DATABASE_URL'] = `sqlite://${join(this.folder, 'app.db')}`;
    process.env['AUTH_PASSWORD_HASHER'] = 'scrypt';
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a command line in this process, without a terminal to ask at. */
  async core(line: string | readonly string[], input = ''): Promise<Outcome> {
    const [out, err] = [new Pieces(), new Pieces()];
    const streams = { stdin: Object.assign(new PassThrough(), { isTTY: false }).end(input), stdout: out, stderr: err };
    const words = typeof line === 'string' ? line.split(' ').filter(Boolean) : line;
    try {
      const code = await runCore(words, { folder: this.folder, streams: streams as unknown as Streams });
      return { code, out: out.text, err: err.text };
    } finally {
      process.chdir(this.#home);
    }
  }

  [Symbol.dispose](): void {
    process.env = this.#env;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keeps what is written. */
class Pieces {
  text = '';

  write(piece: string): boolean {
    this.text += piece;
    return true;
  }
}
