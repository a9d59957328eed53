import { Field, type Manager, Model, PlainModel, type Ref } from '@core-framework/orm';
import { Session } from '../sessions/session.model.js';

/** What is known of a refresh token; the token itself is kept nowhere. All of one session are a family. */
@Model({ tableName: 'refresh_tokens' })
export class RefreshToken extends PlainModel {
  declare static readonly objects: Manager<RefreshToken>;

  /** `jti` of the token. */
  @Field.pk({ type: 'uuid', column: 'jti' }) id!: string;
  @Field.foreignKey(() => Session, { onDelete: 'cascade' }) session!: Ref<Session>;
  @Field.uuid({ nullable: true }) parentJti!: string | null;
  @Field.datetime() issuedAt!: Date;
  @Field.datetime() expiresAt!: Date;
  /** When it was exchanged for its successor; it is not accepted again. */
  @Field.datetime({ nullable: true }) rotatedAt!: Date | null;
  @Field.uuid({ nullable: true }) successorJti!: string | null;
}
