import { Field, type Manager, Model, PlainModel } from '@core-framework/orm';

/** What happened to an account, when, and from where: the audit trail. Holds no secret, and outlives the account. */
@Model({ tableName: 'auth_events', ordering: ['-createdAt'] })
export class AuthEvent extends PlainModel {
  declare static readonly objects: Manager<AuthEvent>;

  @Field.pk({ type: 'uuid' }) id!: string;
  /** In the words of OWASP's logging vocabulary: `authn_login_success`. */
  @Field.string({ maxLength: 60, index: true }) name!: string;
  /** Key of the user, as text; `null` when nobody is known. */
  @Field.string({ maxLength: 64, nullable: true, index: true }) userId!: string | null;
  @Field.datetime({ index: true }) createdAt!: Date;
  @Field.ip({ nullable: true }) ip!: string | null;
  @Field.string({ maxLength: 255, nullable: true }) userAgent!: string | null;
  @Field.string({ maxLength: 100, nullable: true }) requestId!: string | null;
  @Field.uuid({ nullable: true }) sessionId!: string | null;
  @Field.json({ default: () => ({}) }) detail!: Readonly<Record<string, unknown>>;
}
