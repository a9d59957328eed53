import { Manager, modelDefinition, type NewRow } from '@core-framework/orm';
import type { AbstractBaseUser } from './abstract-user.js';
import { AccountServices } from './account-services.js';
import { normalizeEmail } from './email.js';

/** A new user: the columns of the model, and the password as it was chosen. */
export type NewUser<T extends AbstractBaseUser> = Omit<NewRow<T>, 'passwordHash'> & {
  readonly email: string;
  /** Leave it out for an account that signs in by other means. */
  readonly password?: string | null;
  /** The hash of the password instead, where it was made before a transaction began. */
  readonly passwordHash?: string;
};

/** Manager of the application's users, who are looked up where no write is missing yet. What a password must be like is the endpoints' concern, not this one's. */
export class UserManager<T extends AbstractBaseUser> extends Manager<T> {
  /** @throws UniqueViolationError when the address is taken. */
  async createUser({ password, email, passwordHash, ...values }: NewUser<T>): Promise<T> {
    const hash = passwordHash ?? (password == null ? null : await this.#services.hash.make(password));
    return this.create({ ...values, email: normalizeEmail(email), passwordHash: hash });
  }

  /** Creates a user who may do everything. */
  async createSuperuser(user: NewUser<T>): Promise<T> {
    return this.createUser({ ...user, isStaff: true, isSuperuser: true, isVerified: true });
  }

  /**
   * The active user whose password that is, else `null`; it takes as long to find out that there is no such user. A hash that
   * was made by another hasher, or with other parameters, is replaced on the way.
   */
  async authenticate(identifier: string, password: string): Promise<T | null> {
    const { hash } = this.#services;
    const user = await this.getByNaturalKey(identifier);
    if (!user?.passwordHash) {
      await hash.make('of nobody');
      return null;
    }
    if (!(await hash.check(password, user.passwordHash)) || !user.isActive) return null;
    if (hash.needsRehash(user.passwordHash) && hash.takes(password)) await this.#rehash(user, password);
    return user;
  }

  /** The user with this address, however it is capitalised. */
  async getByEmail(email: string): Promise<T | null> {
    return this.where({ email: normalizeEmail(email) })
      .using('primary')
      .getOrNull();
  }

  /** The user whom `USERNAME_FIELD` names so. */
  async getByNaturalKey(identifier: string): Promise<T | null> {
    const field = (this.model as unknown as typeof AbstractBaseUser).USERNAME_FIELD;
    const key = field === 'email' ? normalizeEmail(identifier) : identifier;
    return this.where({ [field]: key })
      .using('primary')
      .getOrNull();
  }

  /** Unless the user was given another password in the time that it takes. */
  async #rehash({ id, passwordHash: former }: T, password: string): Promise<void> {
    const passwordHash = await this.#services.hash.make(password);
    const { name } = modelDefinition(this.model).primaryKey;
    await this.where({ [name]: id, passwordHash: former }).update({ passwordHash } as never);
  }

  get #services(): AccountServices {
    return AccountServices.of(this.runner().database);
  }
}
