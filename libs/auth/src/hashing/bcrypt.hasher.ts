import { MissingHasherPackageError } from '../errors/auth.errors.js';
import { checkCosts, costOf } from './encoded-hash.js';
import { PasswordHasher } from './password-hasher.js';

const ENCODED = /^\$2[abxy]\$(?<rounds>\d\d)\$[./A-Za-z\d]{53}$/;
const LEAST_ROUNDS = 4;
const MOST_ROUNDS = 16;

/** Parameters of {@link BcryptHasher}. */
export interface BcryptOptions {
  /** Binary logarithm of the work, from 4 to 16. @defaultValue 12 */
  readonly rounds?: number;
}

/** bcrypt. Takes passwords of at most 72 bytes and refuses longer ones, which it would cut off. Needs `@node-rs/bcrypt`. */
export class BcryptHasher extends PasswordHasher {
  readonly name = 'bcrypt';
  override readonly pattern = /^\$2[abxy]\$/;
  override readonly maxBytes = 72;
  readonly #rounds: number;

  constructor({ rounds = 12 }: BcryptOptions = {}) {
    super();
    checkCosts('bcrypt', { rounds: [rounds, LEAST_ROUNDS, MOST_ROUNDS] });
    this.#rounds = rounds;
  }

  override async prepare(): Promise<void> {
    await load();
  }

  async hash(password: string): Promise<string> {
    const { hash } = await load();
    return hash(password, { cost: this.#rounds, rejectLongPasswords: true });
  }

  async verify(password: string, hashed: string): Promise<boolean> {
    const rounds = ENCODED.exec(hashed)?.groups?.rounds;
    if (!costOf(rounds?.replace(/^0/, ''), MOST_ROUNDS)) return false;
    const { verify } = await load();
    const matches = await verify(password, hashed).catch(() => false);
    return matches && Buffer.byteLength(password) <= this.maxBytes;
  }

  override needsRehash(hashed: string): boolean {
    return ENCODED.exec(hashed)?.groups?.rounds !== String(this.#rounds).padStart(2, '0');
  }
}

async function load() {
  try {
    return await import('@node-rs/bcrypt');
  } catch (error) {
    throw new MissingHasherPackageError('bcrypt', '@node-rs/bcrypt', error);
  }
}
