import type { RoleDefinitions } from '@core-framework/auth';

const EDITING = ['posts.read', 'posts.update', 'posts.delete', 'comments.delete'];

/** Who may do more than write in his own name. */
export const BLOG_ROLES: RoleDefinitions = {
  editor: EDITING,
  admin: [...EDITING, 'dashboard.read'],
};
