import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** A key by which programs act in a user's name; only the hash of its secret is kept. */
@Model({ tableName: 'api_keys' })
export class ApiKey extends PlainModel {
  declare static readonly objects: Manager<ApiKey>;

  /** Part of the key that names the row. */
  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.foreignKey(() => AbstractBaseUser, { onDelete: 'cascade', readOnly: true }) user!: Ref<AbstractBaseUser>;
  @Field.string({ maxLength: 100 }) name!: string;
  /** What the key begins with, by which its owner and secret scanners know it. */
  @Field.string({ maxLength: 20, readOnly: true }) prefix!: string;
  /** SHA-256 of the secret, in hexadecimal. */
  @Field.string({ maxLength: 64, hidden: true }) hash!: string;
  /** Codenames that it is limited to; `null` for all that its owner may do. */
  @Field.json({ nullable: true }) scopes!: readonly string[] | null;
  @Field.datetime({ readOnly: true }) createdAt!: Date;
  @Field.datetime({ nullable: true }) expiresAt!: Date | null;
  @Field.datetime({ nullable: true, readOnly: true }) lastUsedAt!: Date | null;
  @Field.datetime({ nullable: true, readOnly: true }) revokedAt!: Date | null;
}
