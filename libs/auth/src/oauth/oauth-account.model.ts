import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** An account elsewhere by which a user signs in. What it is known by is the issuer's own key for it, never an address. */
@Model({ tableName: 'oauth_accounts', unique: [['issuer', 'subject']] })
export class OAuthAccount extends PlainModel {
  declare static readonly objects: Manager<OAuthAccount>;

  @Field.pk() id!: number;
  @Field.foreignKey(() => AbstractBaseUser, { onDelete: 'cascade', readOnly: true }) user!: Ref<AbstractBaseUser>;
  /** What the application calls the provider. */
  @Field.string({ maxLength: 50, readOnly: true }) provider!: string;
  @Field.string({ maxLength: 255, hidden: true }) issuer!: string;
  @Field.string({ maxLength: 255, hidden: true }) subject!: string;
  /** The address that the provider told last. */
  @Field.string({ maxLength: 254, nullable: true, readOnly: true }) email!: string | null;
  @Field.boolean({ default: false, readOnly: true }) emailVerified = false;
  /** Tokens of the provider, encrypted, where the application asked to keep them. */
  @Field.text({ nullable: true, hidden: true }) tokens!: string | null;
  @Field.datetime({ readOnly: true }) createdAt!: Date;
  @Field.datetime({ readOnly: true }) lastUsedAt!: Date;
}
