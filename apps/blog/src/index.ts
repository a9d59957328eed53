export { BlogModule } from './blog.module.js';
export { BlogSettings } from './blog.settings.js';
export { Comment } from './comments/comment.model.js';
export { MIGRATIONS } from './migrations/migrations-folder.js';
export { Post } from './posts/post.model.js';
export { Tag } from './tags/tag.model.js';
export { User } from './users/user.model.js';
