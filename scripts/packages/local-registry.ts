import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Manifest } from './packed-packages.js';

interface Release {
  readonly manifest: Manifest;
  readonly content: Buffer;
  readonly file: string;
}

/**
 * Serves packed packages by their names, as a registry does, so that they can be installed before they are published; for
 * all others it points to the registry of the user.
 */
export class LocalRegistry implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(tarballs: readonly string[]): Promise<LocalRegistry> {
    const releases = tarballs.map(releaseOf);
    const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
    const server = createServer(({ url = '/', headers }, response) => {
      const path = decodeURIComponent(url.split('?', 1)[0] ?? '').slice(1);
      const tarball = releases.find(({ file }) => path === `-/${file}`);
      const named = releases.find(({ manifest }) => path === manifest.name);
      if (tarball) response.end(tarball.content);
      else if (named) response.end(JSON.stringify(describe(named, `http://${headers.host}/-/${named.file}`)));
      else response.writeHead(302, { location: others + url }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LocalRegistry(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function releaseOf(tarball: string): Release {
  const text = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  return { manifest: JSON.parse(text) as Manifest, content: readFileSync(tarball), file: basename(tarball) };
}

/** What a registry answers about a package with one release. */
function describe({ manifest, content }: Release, tarball: string): object {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball, integrity } } },
  };
}
