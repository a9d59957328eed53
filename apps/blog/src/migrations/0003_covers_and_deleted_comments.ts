import { addColumn, createIndex, Migration } from '@core-framework/orm';

/**
 * - add column posts.cover
 * - add column comments.deleted_at
 * - create index comments_deleted_at_index on comments
 */
export class CoversAndDeletedComments extends Migration {
  override readonly dependencies = ['0002_add_posts_views_count_index'];
  readonly operations = [
    addColumn('posts', 'cover', { type: 'string', nullable: true }),
    addColumn('comments', 'deleted_at', { type: 'datetime', nullable: true }),
    createIndex('comments', 'comments_deleted_at_index', { columns: ['deleted_at'] }),
  ];
}
