import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** An app of a user that makes codes; it counts once he confirmed it by one. */
@Model({ tableName: 'mfa_factors' })
export class MfaFactor extends PlainModel {
  declare static readonly objects: Manager<MfaFactor>;

  @Field.pk() id!: number;
  @Field.oneToOne(() => AbstractBaseUser, { onDelete: 'cascade' }) user!: Ref<AbstractBaseUser>;
  /** What the app and the service share, encrypted. */
  @Field.string({ maxLength: 255, hidden: true }) secret!: string;
  @Field.datetime() createdAt!: Date;
  @Field.datetime({ nullable: true }) confirmedAt!: Date | null;
  /** The time step of the code that was accepted last: neither it nor an earlier one is accepted again. */
  @Field.integer({ default: 0, hidden: true }) lastStep = 0;
  @Field.datetime({ nullable: true }) lastUsedAt!: Date | null;
}
