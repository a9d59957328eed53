import { type Collection, Field } from '@core-framework/orm';
import { Group } from '../groups/group.model.js';
import { Permission } from '../groups/permission.model.js';
import type { AbstractBaseUser } from './abstract-user.js';

/** What {@link PermissionsMixin} gives to users. */
export interface PermissionHolder {
  groups: Collection<Group>;
  userPermissions: Collection<Permission>;
}

/** Gives a user model groups, and permissions of its own beside those of its groups. */
export function PermissionsMixin<T extends AbstractBaseUser>(
  Base: abstract new () => T,
): abstract new () => T & PermissionHolder {
  // A class can only extend what is known statically; T comes back in the return type.
  const Plain = Base as abstract new () => AbstractBaseUser;
  abstract class UserWithPermissions extends Plain implements PermissionHolder {
    @Field.manyToMany(() => Group, { linkTable: 'users_groups', readOnly: true, hidden: true })
    groups!: Collection<Group>;

    @Field.manyToMany(() => Permission, { linkTable: 'users_permissions', readOnly: true, hidden: true })
    userPermissions!: Collection<Permission>;
  }
  return UserWithPermissions as unknown as abstract new () => T & PermissionHolder;
}
