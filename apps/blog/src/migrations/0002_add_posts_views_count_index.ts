import { createIndex, Migration } from '@core-framework/orm';

/** Create index posts_views_count_index on posts. */
export class AddPostsViewsCountIndex extends Migration {
  override readonly dependencies = ['0001_initial'];
  readonly operations = [createIndex('posts', 'posts_views_count_index', { columns: ['views_count'] })];
}
