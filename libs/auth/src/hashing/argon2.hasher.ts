import { MissingHasherPackageError } from '../errors/auth.errors.js';
import { checkCosts, costOf } from './encoded-hash.js';
import { PasswordHasher } from './password-hasher.js';

const ENCODED = /^\$argon2id?\$v=19\$m=(?<memory>\d+),t=(?<time>\d+),p=(?<parallel>\d+)\$[\w+/]+\$[\w+/]+$/;
const MOST = { memory: 256 * 1024, time: 16, parallel: 16 };

/** Parameters of {@link Argon2Hasher}. */
export interface Argon2Options {
  /** KiB of memory, at most 256 MiB. @defaultValue 19 456 */
  readonly memoryCost?: number;
  /** Passes over it, at most 16. @defaultValue 2 */
  readonly timeCost?: number;
  /** At most 16. @defaultValue 1 */
  readonly parallelism?: number;
}

/** Argon2id, the best there is: ten times the work for an attacker at a tenth of the cost. Needs `@node-rs/argon2`. */
export class Argon2Hasher extends PasswordHasher {
  readonly name = 'argon2';
  override readonly pattern = /^\$argon2/;
  readonly #cost: Required<Argon2Options>;

  constructor({ memoryCost = 19_456, timeCost = 2, parallelism = 1 }: Argon2Options = {}) {
    super();
    checkCosts('argon2', {
      timeCost: [timeCost, 1, MOST.time],
      parallelism: [parallelism, 1, MOST.parallel],
      memoryCost: [memoryCost, 8 * parallelism, MOST.memory],
    });
    this.#cost = { memoryCost, timeCost, parallelism };
  }

  override async prepare(): Promise<void> {
    await load();
  }

  async hash(password: string): Promise<string> {
    const { hash } = await load();
    return hash(password, this.#cost);
  }

  async verify(password: string, hashed: string): Promise<boolean> {
    const { memory, time, parallel } = ENCODED.exec(hashed)?.groups ?? {};
    if (!costOf(memory, MOST.memory) || !costOf(time, MOST.time) || !costOf(parallel, MOST.parallel)) return false;
    const { verify } = await load();
    // What it cannot decode is no hash of anything.
    return verify(hashed, password).catch(() => false);
  }

  override needsRehash(hashed: string): boolean {
    const { memoryCost, timeCost, parallelism } = this.#cost;
    return !hashed.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
  }
}

async function load() {
  try {
    return await import('@node-rs/argon2');
  } catch (error) {
    throw new MissingHasherPackageError('argon2', '@node-rs/argon2', error);
  }
}
