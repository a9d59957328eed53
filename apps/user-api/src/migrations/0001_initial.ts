import { createTable, Migration } from '@core-framework/orm';

/**
 * - create table users
 * - create table api_keys
 * - create table auth_events
 * - create table auth_sessions
 * - create table casbin_rule
 * - create table casbin_version
 * - create table groups
 * - create table permissions
 * - create table groups_permissions
 * - create table inbox_messages
 * - create table one_time_tokens
 * - create table outbox_messages
 * - create table refresh_tokens
 */
export class Initial extends Migration {
  readonly operations = [
    createTable('users', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        email: { type: 'string', length: 254 },
        password_hash: { type: 'string', nullable: true },
        first_name: { type: 'string', length: 150, default: '' },
        last_name: { type: 'string', length: 150, default: '' },
        is_active: { type: 'boolean', default: true },
        is_staff: { type: 'boolean', default: false },
        is_superuser: { type: 'boolean', default: false },
        is_verified: { type: 'boolean', default: false },
        date_joined: { type: 'datetime' },
        last_login: { type: 'datetime', nullable: true },
        password_changed_at: { type: 'datetime', nullable: true },
        token_version: { type: 'integer', default: 0 },
        updated_at: { type: 'datetime' },
        order_count: { type: 'integer', default: 0 },
      },
      indexes: {
        users_email_unique: { columns: ['email'], unique: true },
      },
    }),
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
    createTable('inbox_messages', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        group: { type: 'string', length: 150 },
        event_id: { type: 'string', length: 100 },
        processed_at: { type: 'datetime' },
      },
      indexes: {
        inbox_messages_processed_at_index: { columns: ['processed_at'] },
        inbox_messages_group_event_id_unique: { columns: ['group', 'event_id'], unique: true },
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
    createTable('outbox_messages', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        id: { type: 'uuid' },
        channel: { type: 'string', length: 32 },
        aggregatetype: { type: 'string' },
        aggregateid: { type: 'string' },
        type: { type: 'string' },
        topic: { type: 'string', length: 249 },
        key: { type: 'string', nullable: true },
        payload: { type: 'text' },
        headers: { type: 'text' },
        created_at: { type: 'datetime' },
        available_at: { type: 'datetime' },
        attempts: { type: 'integer', default: 0 },
        locked_until: { type: 'datetime', nullable: true },
        lease: { type: 'uuid', nullable: true },
        sent_at: { type: 'datetime', nullable: true },
        failed_at: { type: 'datetime', nullable: true },
        error: { type: 'text', nullable: true },
      },
      indexes: {
        outbox_messages_id_unique: { columns: ['id'], unique: true },
        outbox_messages_sent: { columns: ['sent_at'] },
        outbox_messages_pending: {
          columns: ['seq'],
          where: {
            and: [
              { column: 'sent_at', isNull: true },
              { column: 'failed_at', isNull: true },
            ],
          },
        },
        outbox_messages_order: {
          columns: ['topic', 'key', 'seq'],
          where: {
            and: [
              { column: 'sent_at', isNull: true },
              { column: 'failed_at', isNull: true },
            ],
          },
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
  ];
}
