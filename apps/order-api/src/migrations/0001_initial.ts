import { createTable, Migration } from '@core-framework/orm';

/**
 * - create table inbox_messages
 * - create table orders
 * - create table outbox_messages
 */
export class Initial extends Migration {
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
    createTable('orders', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        user_id: { type: 'integer' },
        total: { type: 'decimal', precision: 12, scale: 2 },
        status: { type: 'string', length: 20, default: 'pending' },
      },
      indexes: {
        orders_user_id_index: { columns: ['user_id'] },
        orders_status_index: { columns: ['status'] },
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
