import { atomic, type Collection, createManager, Field, sessionOf } from '@core-framework/orm';
import { PermissionsNotLoadedError } from '../errors/auth.errors.js';
import { Group } from '../groups/group.model.js';
import { permissionsNamed } from '../groups/named-permissions.js';
import { Permission } from '../groups/permission.model.js';
import { type PermissionSnapshot, readPermissions } from '../groups/permission-snapshot.js';
import type { ChangedRights } from '../permissions/permission-audit.js';
import type { AbstractBaseUser } from './abstract-user.js';
import { AccountServices } from './account-services.js';

/**
 * What {@link PermissionsMixin} gives to users. Questions are answered at once, from what `loadPermissions()` read;
 * changes go to the database and are known to the instance when they return.
 */
export interface PermissionHolder {
  groups: Collection<Group>;
  userPermissions: Collection<Permission>;
  /** Reads the user's groups and permissions, by one statement. */
  loadPermissions(): Promise<void>;
  /** Whether the user holds a permission himself or by a group. Superusers hold all, who is not active holds none. */
  hasPerm(codename: string): boolean;
  hasPerms(codenames: readonly string[]): boolean;
  /** The codenames that the user holds himself or by a group. */
  getAllPermissions(): ReadonlySet<string>;
  isInGroup(name: string): boolean;
  getGroupNames(): string[];
  /** Groups and permissions that do not exist yet are created. */
  addToGroup(name: string): Promise<void>;
  removeFromGroup(name: string): Promise<void>;
  setGroups(names: readonly string[]): Promise<void>;
  addPermission(codename: string): Promise<void>;
  removePermission(codename: string): Promise<void>;
  setPermissions(codenames: readonly string[]): Promise<void>;
}

/** What user models say of themselves, so that `override` and the types of both hold behind the mixin, too. */
type UserConstants = Pick<typeof AbstractBaseUser, 'USERNAME_FIELD' | 'REQUIRED_FIELDS'>;

// Instances that a database loads are made without their constructor, so what they know besides columns stands here.
const snapshots = new WeakMap<AbstractBaseUser, PermissionSnapshot>();

/** Gives a user model groups, and permissions of its own beside those of its groups. */
export function PermissionsMixin<T extends AbstractBaseUser>(
  Base: abstract new () => T,
): (abstract new () => T & PermissionHolder) & UserConstants {
  // A class can only extend what is known statically; T comes back in the return type.
  const Plain = Base as abstract new () => AbstractBaseUser;
  abstract class UserWithPermissions extends Plain implements PermissionHolder {
    @Field.manyToMany(() => Group, { linkTable: 'users_groups', readOnly: true, hidden: true })
    groups!: Collection<Group>;

    @Field.manyToMany(() => Permission, { linkTable: 'users_permissions', readOnly: true, hidden: true })
    userPermissions!: Collection<Permission>;

    async loadPermissions(): Promise<void> {
      const { em } = sessionOf(this);
      snapshots.set(this, await readPermissions(em, this.constructor as never, this.id));
    }

    hasPerm(codename: string): boolean {
      if (!this.isActive) return false;
      return this.isSuperuser || snapshotOf(this, 'hasPerm').permissions.has(codename);
    }

    hasPerms(codenames: readonly string[]): boolean {
      return codenames.every((codename) => this.hasPerm(codename));
    }

    getAllPermissions(): ReadonlySet<string> {
      return this.isActive ? snapshotOf(this, 'getAllPermissions').permissions : new Set();
    }

    isInGroup(name: string): boolean {
      return snapshotOf(this, 'isInGroup').groups.has(name);
    }

    getGroupNames(): string[] {
      return [...snapshotOf(this, 'getGroupNames').groups];
    }

    async addToGroup(name: string): Promise<void> {
      await changeGroups(this, (present) => [...present, name]);
    }

    async removeFromGroup(name: string): Promise<void> {
      await changeGroups(this, (present) => present.filter((one) => one !== name));
    }

    async setGroups(names: readonly string[]): Promise<void> {
      await changeGroups(this, () => names);
    }

    async addPermission(codename: string): Promise<void> {
      await changePermissions(this, (present) => [...present, codename]);
    }

    async removePermission(codename: string): Promise<void> {
      await changePermissions(this, (present) => present.filter((one) => one !== codename));
    }

    async setPermissions(codenames: readonly string[]): Promise<void> {
      await changePermissions(this, () => codenames);
    }
  }
  return UserWithPermissions as unknown as (abstract new () => T & PermissionHolder) & UserConstants;
}

function snapshotOf(user: AbstractBaseUser, method: string): PermissionSnapshot {
  const snapshot = snapshots.get(user);
  if (snapshot) return snapshot;
  throw new PermissionsNotLoadedError(method, 'user');
}

type Holder = AbstractBaseUser & PermissionHolder;
type Change = (present: string[]) => readonly string[];

async function changeGroups(user: Holder, change: Change): Promise<void> {
  await changeRights(user, 'groups', async (ids) => {
    const groups = Group.objects.using(sessionOf(user).em);
    const before = (await groups.filter({ id__in: ids }).all()).map(({ name }) => name);
    const after = new Set(change(before));
    const rows: Group[] = [];
    for (const name of after) rows.push((await groups.getOrCreate({ name }))[0]);
    return { before, after, rows, detailOf: (role) => ({ role }) };
  });
}

async function changePermissions(user: Holder, change: Change): Promise<void> {
  await changeRights(user, 'userPermissions', async (ids) => {
    const { em } = sessionOf(user);
    const present = await Permission.objects.using(em).filter({ id__in: ids }).all();
    const before = present.map(({ codename }) => codename);
    const after = change(before);
    return { before, after, rows: await permissionsNamed(em, after), detailOf: (permission) => ({ permission }) };
  });
}

/** The change and its entry in the audit trail are one transaction. */
async function changeRights(
  user: Holder,
  relation: 'groups' | 'userPermissions',
  plan: (ids: number[]) => Promise<Omit<ChangedRights, 'userId'> & { readonly rows: readonly object[] }>,
): Promise<void> {
  const { database } = sessionOf(user);
  const { permissionAudit } = AccountServices.of(database);
  const run = async () => {
    const users = rowsOf(user);
    // Of two who change the same user's rights at once, the second one starts from what the first one made of them.
    await users
      .where({ id: user.id })
      .selectForUpdate()
      .rows({ columns: ['id'] });
    const links = await users.links(relation, [user.id]);
    const { rows, ...changed } = await plan(links.map(([, id]) => Number(id)));
    await users.setLinks(relation, user.id, rows);
    await permissionAudit.noteDifference({ ...changed, userId: user.id });
  };
  await atomic(run, { database });
  if (snapshots.has(user)) await user.loadPermissions();
}

function rowsOf(user: Holder) {
  return createManager(user.constructor as new () => Holder).using(sessionOf(user).em);
}
