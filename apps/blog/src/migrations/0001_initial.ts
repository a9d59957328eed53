import { createTable, Migration } from '@core-framework/orm';

export class Initial extends Migration {
  readonly operations = [
    createTable('users', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        email: { type: 'string', length: 254 },
        name: { type: 'string', length: 150 },
        is_active: { type: 'boolean', default: true },
        is_staff: { type: 'boolean', default: false },
        is_superuser: { type: 'boolean', default: false },
      },
      indexes: {
        users_email_unique: { columns: ['email'], unique: true },
      },
    }),
    createTable('posts', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        title: { type: 'string', length: 200 },
        slug: { type: 'string', length: 200 },
        content: { type: 'text' },
        is_published: { type: 'boolean', default: false },
        views_count: { type: 'integer', default: 0 },
        published_at: { type: 'datetime', nullable: true },
        author_id: { type: 'integer' },
        version: { type: 'integer', default: 1 },
      },
      indexes: {
        posts_slug_unique: { columns: ['slug'], unique: true },
        posts_is_published_index: { columns: ['is_published'] },
        posts_author_id_index: { columns: ['author_id'] },
      },
      foreignKeys: {
        posts_author_id_foreign: {
          columns: ['author_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('comments', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        body: { type: 'text' },
        post_id: { type: 'integer' },
        author_id: { type: 'integer' },
      },
      indexes: {
        comments_post_id_index: { columns: ['post_id'] },
        comments_author_id_index: { columns: ['author_id'] },
      },
      foreignKeys: {
        comments_post_id_foreign: {
          columns: ['post_id'],
          references: { table: 'posts', columns: ['id'] },
          onDelete: 'cascade',
        },
        comments_author_id_foreign: {
          columns: ['author_id'],
          references: { table: 'users', columns: ['id'] },
          onDelete: 'cascade',
        },
      },
    }),
    createTable('tags', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        name: { type: 'string', length: 50 },
        slug: { type: 'string', length: 60 },
      },
      indexes: {
        tags_name_unique: { columns: ['name'], unique: true },
        tags_slug_unique: { columns: ['slug'], unique: true },
      },
    }),
    createTable('posts_tags', {
      columns: {
        post_id: { type: 'integer', primaryKey: true },
        tag_id: { type: 'integer', primaryKey: true },
      },
      indexes: {
        posts_tags_post_id_index: { columns: ['post_id'] },
        posts_tags_tag_id_index: { columns: ['tag_id'] },
      },
      foreignKeys: {
        posts_tags_post_id_foreign: {
          columns: ['post_id'],
          references: { table: 'posts', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
        posts_tags_tag_id_foreign: {
          columns: ['tag_id'],
          references: { table: 'tags', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        },
      },
    }),
  ];
}
