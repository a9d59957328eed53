import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { AbstractBaseUser } from '../users/abstract-user.js';

/** Why a session was ended before its time. */
export type RevokeReason = 'logout' | 'revoked' | 'password_change' | 'password_reset' | 'reuse' | 'deactivated';

/** A sign-in on one device. Its tokens live no longer than the row says. */
@Model({ tableName: 'auth_sessions' })
export class Session extends PlainModel {
  declare static readonly objects: Manager<Session>;

  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.foreignKey(() => AbstractBaseUser, { onDelete: 'cascade' }) user!: Ref<AbstractBaseUser>;
  @Field.datetime({ readOnly: true }) createdAt!: Date;
  /** When it was last refreshed. */
  @Field.datetime({ readOnly: true }) lastSeenAt!: Date;
  /** When it ends unless it is refreshed. */
  @Field.datetime({ readOnly: true }) idleExpiresAt!: Date;
  /** When it ends in any case. */
  @Field.datetime({ index: true, readOnly: true }) absoluteExpiresAt!: Date;
  @Field.datetime({ nullable: true, hidden: true }) revokedAt!: Date | null;
  @Field.string({ maxLength: 30, nullable: true, hidden: true }) revokeReason!: RevokeReason | null;
  @Field.ip({ nullable: true, readOnly: true }) ip!: string | null;
  @Field.string({ maxLength: 255, nullable: true, readOnly: true }) userAgent!: string | null;
  /** How the user showed who he is: `password`, `otp`, `oauth`. */
  @Field.json({ readOnly: true }) authMethods!: readonly string[];
  /** When he last did so; sensitive changes ask for a recent one. */
  @Field.datetime({ readOnly: true }) authenticatedAt!: Date;
}
