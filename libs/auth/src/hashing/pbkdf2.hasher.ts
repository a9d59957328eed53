import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { checkCosts, costOf, equalsDigest } from './encoded-hash.js';
import { PasswordHasher } from './password-hasher.js';

const derive = promisify(pbkdf2);
const DIGEST_BYTES = 32;
// A stored hash must not be able to keep a thread busy for minutes.
const MOST_ITERATIONS = 5_000_000;

/** Parameters of {@link Pbkdf2Hasher}. */
export interface Pbkdf2Options {
  /** At most 5 000 000. @defaultValue 600 000 */
  readonly iterations?: number;
}

/** PBKDF2 with SHA-256, as Django writes it: `pbkdf2_sha256$600000$salt$digest`. Needs no package. */
export class Pbkdf2Hasher extends PasswordHasher {
  readonly name = 'pbkdf2_sha256';
  override readonly pattern = /^pbkdf2_sha256\$/;
  readonly #iterations: number;

  constructor({ iterations = 600_000 }: Pbkdf2Options = {}) {
    super();
    checkCosts('pbkdf2_sha256', { iterations: [iterations, 1, MOST_ITERATIONS] });
    this.#iterations = iterations;
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(16).toString('base64url');
    const digest = await derive(password, salt, this.#iterations, DIGEST_BYTES, 'sha256');
    return `pbkdf2_sha256$${this.#iterations}$${salt}$${digest.toString('base64')}`;
  }

  async verify(password: string, hashed: string): Promise<boolean> {
    const [, count, salt, digest] = hashed.split('$');
    const iterations = costOf(count, MOST_ITERATIONS);
    if (iterations === undefined || !salt || !digest) return false;
    return equalsDigest(await derive(password, salt, iterations, DIGEST_BYTES, 'sha256'), digest);
  }

  override needsRehash(hashed: string): boolean {
    return hashed.split('$')[1] !== String(this.#iterations);
  }
}
