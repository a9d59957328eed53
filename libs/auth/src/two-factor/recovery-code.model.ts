import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** A code for who lost his device; it works once, and only its hash is kept. */
@Model({ tableName: 'recovery_codes' })
export class RecoveryCode extends PlainModel {
  declare static readonly objects: Manager<RecoveryCode>;

  @Field.pk() id!: number;
  @Field.foreignKey(() => AbstractBaseUser, { onDelete: 'cascade' }) user!: Ref<AbstractBaseUser>;
  /** HMAC-SHA256 of the code and its owner, in hexadecimal. */
  @Field.string({ maxLength: 64, hidden: true }) hash!: string;
  @Field.datetime() createdAt!: Date;
  @Field.datetime({ nullable: true }) usedAt!: Date | null;
}
