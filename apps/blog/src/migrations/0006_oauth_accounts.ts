import { createTable, Migration } from '@core-framework/orm';

/** Create table oauth_accounts. */
export class OauthAccounts extends Migration {
  override readonly dependencies = ['0005_two_factor'];
  readonly operations = [
    createTable('oauth_accounts', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        user_id: { type: 'integer' },
        provider: { type: 'string', length: 50 },
        issuer: { type: 'string' },
        subject: { type: 'string' },
        email: { type: 'string', length: 254, nullable: true },
        email_verified: { type: 'boolean', default: false },
        tokens: { type: 'text', nullable: true },
        created_at: { type: 'datetime' },
        last_used_at: { type: 'datetime' },
      },
      indexes: {
        oauth_accounts_user_id_index: { columns: ['user_id'] },
        oauth_accounts_issuer_subject_unique: { columns: ['issuer', 'subject'], unique: true },
      },
      foreignKeys: {
        oauth_accounts_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
  ];
}
