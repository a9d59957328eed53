import { randomBytes, scrypt, type ScryptOptions as Cost } from 'node:crypto';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { checkCosts, costOf, equalsDigest } from './encoded-hash.js';
import { PasswordHasher } from './password-hasher.js';

const DIGEST_BYTES = 64;
const MOST_MEMORY = 256 * 1024 * 1024;
const MOST_COST = 2 ** 20;
const MOST_BLOCK = 32;
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
    checkCosts('scrypt', {
      cost: [cost, 2, MOST_COST],
      blockSize: [blockSize, 1, MOST_BLOCK],
      parallelization: [parallelization, 1, MOST_PARALLEL],
    });
    if (isNoPowerOfTwo(cost))
      throw new AuthOptionsError(`The hasher scrypt has cost ${cost}, which is no power of two.`, 'Write 2 ** 15.');
    if (memoryOf(cost, blockSize) > MOST_MEMORY)
      throw new AuthOptionsError(
        'The hasher scrypt would take more memory than 256 MiB.',
        'Lower cost or blockSize: it takes 128 bytes for each of their product.',
      );
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
    const cost = costOf(n, MOST_COST);
    const blockSize = costOf(r, MOST_BLOCK);
    const parallelization = costOf(p, MOST_PARALLEL);
    if (!cost || !blockSize || !parallelization || !salt || !digest) return false;
    if (isNoPowerOfTwo(cost) || memoryOf(cost, blockSize) > MOST_MEMORY) return false;
    return equalsDigest(await derive(password, salt, { cost, blockSize, parallelization }), digest);
  }

  override needsRehash(hashed: string): boolean {
    const [, n, , r, p] = hashed.split('$');
    const { cost, blockSize, parallelization } = this.#cost;
    return n !== String(cost) || r !== String(blockSize) || p !== String(parallelization);
  }
}

function isNoPowerOfTwo(cost: number): boolean {
  return (cost & (cost - 1)) !== 0;
}

function memoryOf(cost: number, blockSize: number): number {
  return 128 * cost * blockSize;
}

function derive(password: string, salt: string, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, DIGEST_BYTES, { ...cost, maxmem: 2 * MOST_MEMORY }, (error, digest) =>
      error ? reject(error) : resolve(digest),
    );
  });
}
