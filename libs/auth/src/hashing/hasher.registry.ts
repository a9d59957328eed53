import { AuthOptionsError, UnknownHasherError } from '../errors/auth.errors.js';
import type { PasswordHasher } from './password-hasher.js';

/** Names by which hashers are known elsewhere. */
const ALIASES: Readonly<Record<string, string>> = {
  sha256: 'pbkdf2_sha256',
  pbkdf2: 'pbkdf2_sha256',
  argon2id: 'argon2',
};

/** The hashers of one application, by their names and by what their hashes look like. */
export class HasherRegistry {
  readonly #hashers = new Map<string, PasswordHasher>();

  /** @throws AuthOptionsError when one has no name that a setting could hold. */
  constructor(hashers: readonly PasswordHasher[]) {
    for (const hasher of hashers) {
      if (!/^\w[\w-]*$/.test(hasher.name ?? '')) {
        const what = hasher.name ? `a name ("${hasher.name}") that AUTH_PASSWORD_HASHER cannot hold` : 'no name';
        throw new AuthOptionsError(`The hasher ${hasher.constructor.name} has ${what}.`, "Name it like name = 'sha3'.");
      }
      this.#hashers.set(hasher.name, hasher);
    }
  }

  /** @throws UnknownHasherError */
  get(name: string): PasswordHasher {
    const hasher = this.#hashers.get(name) ?? this.#hashers.get(ALIASES[name] ?? '');
    if (hasher) return hasher;
    throw new UnknownHasherError(name, [...this.#hashers.keys()]);
  }

  /** Puts a hasher in the place of the one of its name. */
  set(hasher: PasswordHasher): void {
    this.#hashers.set(hasher.name, hasher);
  }

  /** The hasher that made a stored hash, and the hash as that hasher knows it. */
  find(stored: string): { readonly hasher: PasswordHasher; readonly hashed: string } | undefined {
    for (const hasher of this.#hashers.values()) {
      if (hasher.pattern?.test(stored)) return { hasher, hashed: stored };
    }
    const end = stored.indexOf('$');
    const hasher = end > 0 ? this.#hashers.get(stored.slice(0, end)) : undefined;
    return hasher && !hasher.pattern ? { hasher, hashed: stored.slice(end + 1) } : undefined;
  }
}
