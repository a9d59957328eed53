import { Field, PlainModel } from '@core-framework/orm';
import { normalizeEmail } from './email.js';
import { UserManager } from './user.manager.js';
import { changePassword, matchesPassword } from './user-passwords.js';

/**
 * Base of the application's user model when it brings a primary key of its own; most extend {@link AbstractUser}.
 * Exactly one model of an application extends it: sessions and keys of the package point to that one.
 */
export abstract class AbstractBaseUser extends PlainModel {
  static readonly managerClass = UserManager;
  /** The field by which people sign in. */
  static readonly USERNAME_FIELD: string = 'email';
  /** What `createsuperuser` asks for beside the e-mail address and the password. */
  static readonly REQUIRED_FIELDS: readonly string[] = [];

  abstract id: number | string;
  @Field.email({ unique: true, normalize: normalizeEmail }) email!: string;
  /** `null` for accounts without a password, which sign in by other means. */
  @Field.string({ maxLength: 255, nullable: true, hidden: true }) passwordHash!: string | null;
  @Field.string({ maxLength: 150, blank: true, default: '' }) firstName = '';
  @Field.string({ maxLength: 150, blank: true, default: '' }) lastName = '';
  /** Accounts are switched off rather than deleted: whoever is not active is not let in. */
  @Field.boolean({ default: true, readOnly: true }) isActive = true;
  @Field.boolean({ default: false, readOnly: true }) isStaff = false;
  @Field.boolean({ default: false, readOnly: true }) isSuperuser = false;
  /** Whether the e-mail address was shown to be the user's. */
  @Field.boolean({ default: false, readOnly: true }) isVerified = false;
  @Field.datetime({ autoNowAdd: true }) dateJoined!: Date;
  @Field.datetime({ nullable: true, readOnly: true }) lastLogin!: Date | null;
  @Field.datetime({ nullable: true, hidden: true }) passwordChangedAt!: Date | null;
  /** Tokens carry it; raising it ends all of them at once. */
  @Field.integer({ default: 0, hidden: true }) tokenVersion = 0;
  @Field.datetime({ autoNow: true }) updatedAt!: Date;

  /**
   * Hashes a new password; `save()` stores it. All tokens that were issued before are refused from then on.
   *
   * @throws ServiceUnavailableException when too many passwords wait to be hashed.
   */
  async setPassword(password: string): Promise<void> {
    await changePassword(this, password);
  }

  /** Whether that is the user's password. */
  async checkPassword(password: string): Promise<boolean> {
    return matchesPassword(this, password);
  }

  /** Takes the password away, so that the account can only be entered by other means; `save()` stores it. */
  async setUnusablePassword(): Promise<void> {
    await changePassword(this, null);
  }

  hasUsablePassword(): boolean {
    return this.passwordHash != null;
  }

  getFullName(): string {
    return `${this.firstName} ${this.lastName}`.trim();
  }
}

/**
 * Base of the application's user model, with a number as key.
 *
 * @example
 * ```ts
 * @Model()
 * class User extends PermissionsMixin(AbstractUser) {
 *   declare static readonly objects: UserManager<User>;
 *   @Field.string({ maxLength: 50, unique: true }) username!: string;
 * }
 * ```
 */
export abstract class AbstractUser extends AbstractBaseUser {
  @Field.pk() declare id: number;
}
