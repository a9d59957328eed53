import { createTable, Migration } from '@core-framework/orm';

/**
 * - create table inbox_messages
 * - create table notices
 * - create table outbox_messages
 */
export class NoticesAndEvents extends Migration {
  override readonly dependencies = ['0004_accounts'];
  readonly operations = [
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
    createTable('notices', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        reader_id: { type: 'integer' },
        text: { type: 'string', length: 300 },
        is_read: { type: 'boolean', default: false },
      },
      indexes: {
        notices_reader_id_index: { columns: ['reader_id'] },
      },
      foreignKeys: {
        notices_reader_id_foreign: {
          columns: ['reader_id'],
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
  ];
}
