import { addColumn, createIndex, createTable, Migration } from '@core-framework/orm';

/**
 * - add column posts.publish_at
 * - create index posts_publish_at_index on posts
 * - create table task_groups
 * - create table task_group_results
 */
export class ScheduledPostsAndTaskGroups extends Migration {
  override readonly dependencies = ['0007_tasks'];
  readonly operations = [
    addColumn('posts', 'publish_at', { type: 'datetime', nullable: true }),
    createIndex('posts', 'posts_publish_at_index', { columns: ['publish_at'] }),
    createTable('task_groups', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        id: { type: 'uuid' },
        succeeded: { type: 'integer', default: 0 },
        kept_until: { type: 'datetime' },
      },
      indexes: {
        task_groups_id_unique: { columns: ['id'], unique: true },
        task_groups_kept: { columns: ['kept_until'] },
      },
    }),
    createTable('task_group_results', {
      columns: {
        seq: { type: 'bigint', primaryKey: true, autoIncrement: true },
        group_id: { type: 'uuid' },
        position: { type: 'integer' },
        result: { type: 'text', nullable: true },
      },
      indexes: {
        task_group_results_group_id_position_unique: { columns: ['group_id', 'position'], unique: true },
      },
    }),
  ];
}
