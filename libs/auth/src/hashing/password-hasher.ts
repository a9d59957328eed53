/**
 * Turns passwords into hashes and compares them. Extend it for an algorithm of your own and name the class in
 * `AuthModule.forRoot({ hashers: […] })`; it is created by Nest, so its constructor may inject.
 *
 * @example
 * ```ts
 * class Sha3Hasher extends PasswordHasher {
 *   readonly name = 'sha3';
 *   hash(password: string) { … }
 *   verify(password: string, hashed: string) { … }
 * }
 * ```
 */
export abstract class PasswordHasher {
  /** What `AUTH_PASSWORD_HASHER` calls it. */
  abstract readonly name: string;
  /**
   * What its hashes look like, when they tell their algorithm themselves. Without it they are stored behind `name$`, which
   * is taken off again before {@link verify} and {@link needsRehash} see them.
   */
  readonly pattern?: RegExp;
  /** Bytes beyond which passwords would be cut off; longer ones are refused. */
  readonly maxBytes?: number;

  abstract hash(password: string): string | Promise<string>;

  /** Whether the password is the one of the hash; `false` for a hash that is none. Must take the same time for all. */
  abstract verify(password: string, hashed: string): boolean | Promise<boolean>;

  /** Whether the hash was made with other parameters than today's. */
  needsRehash(_hashed: string): boolean {
    return false;
  }

  /** Loads what the algorithm needs, once, when the application starts. */
  async prepare(): Promise<void> {}
}
