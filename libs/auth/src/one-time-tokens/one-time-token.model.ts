import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** A code that was mailed and works once; only its hash is kept. */
@Model({ tableName: 'one_time_tokens', indexes: [['user', 'purpose']] })
export class OneTimeToken extends PlainModel {
  declare static readonly objects: Manager<OneTimeToken>;

  @Field.pk() id!: number;
  @Field.foreignKey(() => AbstractBaseUser, { onDelete: 'cascade', index: false }) user!: Ref<AbstractBaseUser>;
  /** What it is good for: `reset_password`, `verify_email`. */
  @Field.string({ maxLength: 50 }) purpose!: string;
  /** SHA-256 of the token, in hexadecimal. */
  @Field.string({ maxLength: 64, unique: true, hidden: true }) hash!: string;
  /** The address that it was mailed to. */
  @Field.email() email!: string;
  @Field.datetime() createdAt!: Date;
  @Field.datetime() expiresAt!: Date;
  @Field.datetime({ nullable: true }) usedAt!: Date | null;
}
