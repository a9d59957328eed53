import { createTable, Migration } from '@core-framework/orm';

/**
 * - create table mfa_factors
 * - create table oauth_accounts
 * - create table recovery_codes
 */
export class CreateMfaFactorsAndMore extends Migration {
  override readonly dependencies = ['0001_initial'];
  readonly operations = [
    createTable('mfa_factors', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        user_id: { type: 'integer' },
        secret: { type: 'string' },
        created_at: { type: 'datetime' },
        confirmed_at: { type: 'datetime', nullable: true },
        last_step: { type: 'integer', default: 0 },
        last_used_at: { type: 'datetime', nullable: true },
      },
      indexes: {
        mfa_factors_user_id_unique: { columns: ['user_id'], unique: true },
      },
      foreignKeys: {
        mfa_factors_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
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
    createTable('recovery_codes', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        user_id: { type: 'integer' },
        hash: { type: 'string', length: 64 },
        created_at: { type: 'datetime' },
        used_at: { type: 'datetime', nullable: true },
      },
      indexes: {
        recovery_codes_user_id_index: { columns: ['user_id'] },
      },
      foreignKeys: {
        recovery_codes_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
  ];
}
