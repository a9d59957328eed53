import { createTable, Migration } from '@core-framework/orm';

/**
 * - create table background_tasks
 * - create table task_limits
 * - create table task_schedules
 */
export class Tasks extends Migration {
  override readonly dependencies = ['0006_oauth_accounts'];
  readonly operations = [
    createTable('background_tasks', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        id: { type: 'uuid' },
        name: { type: 'string', length: 200 },
        queue: { type: 'string', length: 100 },
        precedence: { type: 'integer' },
        args: { type: 'text' },
        headers: { type: 'text' },
        unique_key: { type: 'string', nullable: true },
        created_at: { type: 'datetime' },
        available_at: { type: 'datetime' },
        attempts: { type: 'integer', default: 0 },
        failures: { type: 'integer', default: 0 },
        locked_until: { type: 'datetime', nullable: true },
        lease: { type: 'uuid', nullable: true },
        done_at: { type: 'datetime', nullable: true },
        failed_at: { type: 'datetime', nullable: true },
        cancelled_at: { type: 'datetime', nullable: true },
        error: { type: 'text', nullable: true },
        result: { type: 'text', nullable: true },
        progress: { type: 'text', nullable: true },
      },
      indexes: {
        background_tasks_id_unique: { columns: ['id'], unique: true },
        background_tasks_unique_key_unique: { columns: ['unique_key'], unique: true },
        background_tasks_done: { columns: ['done_at'] },
        background_tasks_failed: { columns: ['queue', 'failed_at'] },
        background_tasks_pending: {
          columns: ['queue', 'precedence', 'seq', 'available_at'],
          where: {
            and: [
              { column: 'done_at', isNull: true },
              { column: 'failed_at', isNull: true },
            ],
          },
        },
      },
    }),
    createTable('task_limits', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        key: { type: 'string' },
        window_ends: { type: 'datetime' },
        used: { type: 'integer', default: 0 },
      },
      indexes: {
        task_limits_key_unique: { columns: ['key'], unique: true },
      },
    }),
    createTable('task_schedules', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        name: { type: 'string', length: 200 },
        last_slot: { type: 'datetime', nullable: true },
        last_task: { type: 'uuid', nullable: true },
        is_paused: { type: 'boolean', default: false },
      },
      indexes: {
        task_schedules_name_unique: { columns: ['name'], unique: true },
      },
    }),
  ];
}
