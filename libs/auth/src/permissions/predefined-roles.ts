/** Roles by name, each with the codenames (`posts.update`) that it gives. */
export type RoleDefinitions = Readonly<Record<string, readonly string[]>>;

const CRUD = ['create', 'read', 'update', 'delete'] as const;

/** Roles that many applications begin with; `PermissionService.initializeRoles()` writes them. */
export const PREDEFINED_ROLES: RoleDefinitions = Object.freeze({
  admin: [...all('users'), ...all('posts'), 'settings.read', 'settings.update'],
  editor: all('posts'),
  viewer: ['posts.read', 'users.read'],
});

function all(resource: string): readonly string[] {
  return CRUD.map((action) => `${resource}.${action}`);
}
