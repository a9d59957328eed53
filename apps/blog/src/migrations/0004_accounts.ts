import { addColumn, createTable, Migration, renameColumn } from '@core-framework/orm';

/**
 * - rename column users.created_at to date_joined
 * - create table api_keys
 * - create table auth_events
 * - create table auth_sessions
 * - create table casbin_rule
 * - create table casbin_version
 * - create table groups
 * - create table permissions
 * - create table groups_permissions
 * - create table one_time_tokens
 * - create table refresh_tokens
 * - create table users_groups
 * - create table users_permissions
 * - add column users.password_hash
 * - add column users.first_name
 * - add column users.last_name
 * - add column users.is_verified
 * - add column users.last_login
 * - add column users.password_changed_at
 * - add column users.token_version
 */
export class Accounts extends Migration {
  override readonly dependencies = ['0003_covers_and_deleted_comments'];
  readonly operations = [
    renameColumn('users', 'created_at', 'date_joined'),
    createTable('api_keys', {
      columns: {
        id: { type: 'uuid', primaryKey: true },
        user_id: { type: 'integer' },
        name: { type: 'string', length: 100 },
        prefix: { type: 'string', length: 20 },
        hash: { type: 'string', length: 64 },
        scopes: { type: 'json', nullable: true },
        created_at: { type: 'datetime' },
        expires_at: { type: 'datetime', nullable: true },
        last_used_at: { type: 'datetime', nullable: true },
        revoked_at: { type: 'datetime', nullable: true },
      },
      indexes: {
        api_keys_user_id_index: { columns: ['user_id'] },
      },
      foreignKeys: {
        api_keys_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('auth_events', {
      columns: {
        id: { type: 'uuid', primaryKey: true },
        name: { type: 'string', length: 60 },
        user_id: { type: 'string', length: 64, nullable: true },
        created_at: { type: 'datetime' },
        ip: { type: 'string', length: 45, nullable: true },
        user_agent: { type: 'string', nullable: true },
        request_id: { type: 'string', length: 100, nullable: true },
        session_id: { type: 'uuid', nullable: true },
        detail: { type: 'json' },
      },
      indexes: {
        auth_events_name_index: { columns: ['name'] },
        auth_events_user_id_index: { columns: ['user_id'] },
        auth_events_created_at_index: { columns: ['created_at'] },
      },
    }),
    createTable('auth_sessions', {
      columns: {
        id: { type: 'uuid', primaryKey: true },
        user_id: { type: 'integer' },
        created_at: { type: 'datetime' },
        last_seen_at: { type: 'datetime' },
        idle_expires_at: { type: 'datetime' },
        absolute_expires_at: { type: 'datetime' },
        revoked_at: { type: 'datetime', nullable: true },
        revoke_reason: { type: 'string', length: 30, nullable: true },
        ip: { type: 'string', length: 45, nullable: true },
        user_agent: { type: 'string', nullable: true },
        auth_methods: { type: 'json' },
        authenticated_at: { type: 'datetime' },
      },
      indexes: {
        auth_sessions_user_id_index: { columns: ['user_id'] },
        auth_sessions_absolute_expires_at_index: { columns: ['absolute_expires_at'] },
      },
      foreignKeys: {
        auth_sessions_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('casbin_rule', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        ptype: { type: 'string', length: 10 },
        v0: { type: 'string', length: 1000, default: '' },
        v1: { type: 'string', length: 1000, default: '' },
        v2: { type: 'string', length: 1000, default: '' },
        v3: { type: 'string', length: 1000, default: '' },
        v4: { type: 'string', length: 1000, default: '' },
        v5: { type: 'string', length: 1000, default: '' },
        digest: { type: 'string', length: 64 },
      },
      indexes: {
        casbin_rule_ptype_index: { columns: ['ptype'] },
        casbin_rule_digest_unique: { columns: ['digest'], unique: true },
      },
    }),
    createTable('casbin_version', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        name: { type: 'string', length: 20 },
        version: { type: 'integer', default: 0 },
      },
      indexes: {
        casbin_version_name_unique: { columns: ['name'], unique: true },
      },
    }),
    createTable('groups', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        name: { type: 'string', length: 150 },
      },
      indexes: {
        groups_name_unique: { columns: ['name'], unique: true },
      },
    }),
    createTable('permissions', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        codename: { type: 'string', length: 150 },
        name: { type: 'string', default: '' },
        description: { type: 'text', default: '' },
      },
      indexes: {
        permissions_codename_unique: { columns: ['codename'], unique: true },
      },
    }),
    createTable('groups_permissions', {
      columns: {
        group_id: { type: 'integer', primaryKey: true },
        permission_id: { type: 'integer', primaryKey: true },
      },
      indexes: {
        groups_permissions_group_id_index: { columns: ['group_id'] },
        groups_permissions_permission_id_index: { columns: ['permission_id'] },
      },
      foreignKeys: {
        groups_permissions_group_id_foreign: {
          columns: ['group_id'],
          references: { table: 'groups', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
        groups_permissions_permission_id_foreign: {
          columns: ['permission_id'],
          references: { table: 'permissions', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
      },
    }),
    createTable('one_time_tokens', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        user_id: { type: 'integer' },
        purpose: { type: 'string', length: 50 },
        hash: { type: 'string', length: 64 },
        email: { type: 'string', length: 254 },
        created_at: { type: 'datetime' },
        expires_at: { type: 'datetime' },
        used_at: { type: 'datetime', nullable: true },
      },
      indexes: {
        one_time_tokens_hash_unique: { columns: ['hash'], unique: true },
        one_time_tokens_user_id_purpose_index: { columns: ['user_id', 'purpose'] },
      },
      foreignKeys: {
        one_time_tokens_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('refresh_tokens', {
      columns: {
        jti: { type: 'uuid', primaryKey: true },
        session_id: { type: 'uuid' },
        parent_jti: { type: 'uuid', nullable: true },
        issued_at: { type: 'datetime' },
        expires_at: { type: 'datetime' },
        rotated_at: { type: 'datetime', nullable: true },
        successor_jti: { type: 'uuid', nullable: true },
      },
      indexes: {
        refresh_tokens_session_id_index: { columns: ['session_id'] },
      },
      foreignKeys: {
        refresh_tokens_session_id_foreign: {
          columns: ['session_id'],
          references: { table: 'auth_sessions', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('users_groups', {
      columns: {
        user_id: { type: 'integer', primaryKey: true },
        group_id: { type: 'integer', primaryKey: true },
      },
      indexes: {
        users_groups_user_id_index: { columns: ['user_id'] },
        users_groups_group_id_index: { columns: ['group_id'] },
      },
      foreignKeys: {
        users_groups_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
        users_groups_group_id_foreign: {
          columns: ['group_id'],
          references: { table: 'groups', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
      },
    }),
    createTable('users_permissions', {
      columns: {
        user_id: { type: 'integer', primaryKey: true },
        permission_id: { type: 'integer', primaryKey: true },
      },
      indexes: {
        users_permissions_user_id_index: { columns: ['user_id'] },
        users_permissions_permission_id_index: { columns: ['permission_id'] },
      },
      foreignKeys: {
        users_permissions_user_id_foreign: {
          columns: ['user_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
        users_permissions_permission_id_foreign: {
          columns: ['permission_id'],
          references: { table: 'permissions', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
      },
    }),
    addColumn('users', 'password_hash', { type: 'string', nullable: true }),
    addColumn('users', 'first_name', { type: 'string', length: 150, default: '' }),
    addColumn('users', 'last_name', { type: 'string', length: 150, default: '' }),
    addColumn('users', 'is_verified', { type: 'boolean', default: false }),
    addColumn('users', 'last_login', { type: 'datetime', nullable: true }),
    addColumn('users', 'password_changed_at', { type: 'datetime', nullable: true }),
    addColumn('users', 'token_version', { type: 'integer', default: 0 }),
  ];
}
