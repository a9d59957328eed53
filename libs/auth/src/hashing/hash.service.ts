import { AuthOptionsError } from '../errors/auth.errors.js';
import { Argon2Hasher, type Argon2Options } from './argon2.hasher.js';
import { BcryptHasher, type BcryptOptions } from './bcrypt.hasher.js';
import type { HasherRegistry } from './hasher.registry.js';
import type { HashingQueue } from './hashing-queue.js';
import type { PasswordHasher } from './password-hasher.js';
import { Pbkdf2Hasher, type Pbkdf2Options } from './pbkdf2.hasher.js';
import { ScryptHasher, type ScryptOptions } from './scrypt.hasher.js';

/** The parameters that {@link Hash.configure} takes, by hasher. */
export interface HasherParameters {
  readonly pbkdf2_sha256: Pbkdf2Options;
  readonly argon2: Argon2Options;
  readonly bcrypt: BcryptOptions;
  readonly scrypt: ScryptOptions;
}

const BUILT_IN: { readonly [N in keyof HasherParameters]: (options: HasherParameters[N]) => PasswordHasher } = {
  pbkdf2_sha256: (options) => new Pbkdf2Hasher(options),
  argon2: (options) => new Argon2Hasher(options),
  bcrypt: (options) => new BcryptHasher(options),
  scrypt: (options) => new ScryptHasher(options),
};

/**
 * Makes and checks hashes of passwords by the hashers of the application. Inject it.
 *
 * Passwords are brought to Unicode's form NFC, so that the same characters are the same password on every keyboard, and
 * are otherwise taken as they come.
 *
 * @throws ServiceUnavailableException from `make` and `check` when too many passwords wait to be hashed.
 */
export class Hash {
  constructor(
    private readonly hashers: HasherRegistry,
    private readonly queue: HashingQueue,
    private readonly standard: string,
  ) {}

  /** Name of the hasher that `make` uses. */
  get name(): string {
    return this.#hasher.name;
  }

  /** Bytes that a password may have for this hasher; `undefined` when it takes any. */
  get maxBytes(): number | undefined {
    return this.#hasher.maxBytes;
  }

  /** Whether `make` takes a password: a hasher that would cut it off refuses it. */
  takes(password: string): boolean {
    return this.maxBytes === undefined || Buffer.byteLength(password.normalize('NFC')) <= this.maxBytes;
  }

  /** Hashes a password; what comes out tells by which hasher and with which parameters. */
  async make(password: string): Promise<string> {
    const hasher = this.#hasher;
    const hashed = await this.queue.run(() => hasher.hash(password.normalize('NFC')));
    return hasher.pattern ? hashed : `${hasher.name}$${hashed}`;
  }

  /** Whether the password is the one of a hash, whichever hasher made it; `false` for a text that is no hash. */
  async check(password: string, stored: string): Promise<boolean> {
    const found = this.hashers.find(stored);
    if (!found) {
      // What is no hash takes as long as one that is of another password.
      await this.make('of nobody');
      return false;
    }
    return this.queue.run(() => found.hasher.verify(password.normalize('NFC'), found.hashed));
  }

  /** Whether a hash was made by another hasher than this one's, or with other parameters. */
  needsRehash(stored: string): boolean {
    const found = this.hashers.find(stored);
    return found?.hasher !== this.#hasher || found.hasher.needsRehash(found.hashed);
  }

  /** The same with another hasher: `hash.driver('bcrypt').make(…)`. @throws UnknownHasherError */
  driver(name: string): Hash {
    return new Hash(this.hashers, this.queue, this.hashers.get(name).name);
  }

  /** Changes the parameters of a hasher that is built in, for hashes made from now on. */
  configure<N extends keyof HasherParameters>(name: N, parameters: HasherParameters[N]): void {
    if (!Object.hasOwn(BUILT_IN, name)) {
      throw new AuthOptionsError(
        `Hash.configure knows no parameters of "${name}".`,
        'Configure your own hasher itself.',
      );
    }
    this.hashers.set(BUILT_IN[name](parameters));
  }

  get #hasher(): PasswordHasher {
    return this.hashers.get(this.standard);
  }
}
