import type { FactoryProvider, Type } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { Argon2Hasher } from './argon2.hasher.js';
import { BcryptHasher } from './bcrypt.hasher.js';
import { Hash } from './hash.service.js';
import { HasherRegistry } from './hasher.registry.js';
import { HashingQueue } from './hashing-queue.js';
import type { PasswordHasher } from './password-hasher.js';
import { Pbkdf2Hasher } from './pbkdf2.hasher.js';
import { ScryptHasher } from './scrypt.hasher.js';

/** Provides {@link Hash} over the hashers that are built in and those of the application, which take the place of those that share their name. */
export function hashProvider(own: readonly Type<PasswordHasher>[]): FactoryProvider<Promise<Hash>> {
  return {
    provide: Hash,
    inject: [RESOLVED_AUTH_OPTIONS, ...own],
    useFactory: async (options: ResolvedAuthOptions, ...hashers: PasswordHasher[]) => {
      const builtIn = [new Pbkdf2Hasher(), new Argon2Hasher(), new BcryptHasher(), new ScryptHasher()];
      const registry = new HasherRegistry([...builtIn, ...hashers]);
      // A package that is missing, or a name that nobody has, stops the start and not the first sign-in.
      const standard = registry.get(options.passwordHasher);
      await standard.prepare();
      const queue = new HashingQueue(options.hashingConcurrency, options.hashingQueue);
      return new Hash(registry, queue, standard.name);
    },
  };
}
