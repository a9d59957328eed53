import { randomBytes, scrypt, type ScryptOptions as Cost } from 'node:crypto';
import { costOf, equalsDigest } from './encoded-hash.js';
import { PasswordHasher } from './password-hasher.js';

const DIGEST_BYTES = 64;
const MOST_MEMORY = 256 * 1024 * 1024;
const MOST_PARALLEL = 16;

/** Parameters of {@link ScryptHasher}. */
export interface ScryptOptions {
  /** N, a power of two. @defaultValue 2 ** 15 */
  readonly cost?: number;
  /** @defaultValue 8 */
  readonly blockSize?: number;
  /** @defaultValue 3 */
  readonly parallelization?: number;
}

/** scrypt, as Django writes it: `scrypt$N$salt$r$p$digest`. Needs no package. */
export class ScryptHasher extends PasswordHasher {
  readonly name = 'scrypt';
  override readonly pattern = /^scrypt\$/;
  readonly #cost: Required<ScryptOptions>;

  constructor({ cost = 2 ** 15, blockSize = 8, parallelization = 3 }: ScryptOptions = {}) {
    super();
    this.#cost = { cost, blockSize, parallelization };
  }

  async hash(password: string): Promise<string> {
    const { cost, blockSize, parallelization } = this.#cost;
    const salt = randomBytes(16).toString('base64url');
    const digest = await derive(password, salt, this.#cost);
    return `scrypt$${cost}$${salt}$${blockSize}$${parallelization}$${digest.toString('base64')}`;
  }

  async verify(password: string, hashed: string): Promise<boolean> {
    const [, n, salt, r, p, digest] = hashed.split('$');
    const cost = costOf(n, 2 ** 20);
    const blockSize = costOf(r, 32);
    const parallelization = costOf(p, MOST_PARALLEL);
    if (!cost || !blockSize || !parallelization || !salt || !digest) return false;
    if ((cost & (cost - 1)) !== 0 || 128 * cost * blockSize > MOST_MEMORY) return false;
    return equalsDigest(await derive(password, salt, { cost, blockSize, parallelization }), digest);
  }

  override needsRehash(hashed: string): boolean {
    const [, n, , r, p] = hashed.split('$');
    const { cost, blockSize, parallelization } = this.#cost;
    return n !== String(cost) || r !== String(blockSize) || p !== String(parallelization);
  }
}

function derive(password: string, salt: string, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, DIGEST_BYTES, { ...cost, maxmem: 2 * MOST_MEMORY }, (error, digest) =>
      error ? reject(error) : resolve(digest),
    );
  });
}
