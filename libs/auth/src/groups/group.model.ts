import {
  atomic,
  type Collection,
  Field,
  type Manager,
  Model,
  PlainModel,
  sessionOf,
  type SqlEntityManager,
} from '@core-framework/orm';
import { PermissionsNotLoadedError } from '../errors/auth.errors.js';
import { AccountServices } from '../users/account-services.js';
import { permissionsNamed } from './named-permissions.js';
import { Permission } from './permission.model.js';

// Instances that a database loads are made without their constructor, so what they know besides columns stands here.
const loaded = new WeakMap<Group, ReadonlySet<string>>();

/** Users who may do the same things; a role by another name. */
@Model({ tableName: 'groups', ordering: ['name'] })
export class Group extends PlainModel {
  declare static readonly objects: Manager<Group>;

  @Field.pk() id!: number;
  @Field.string({ maxLength: 150, unique: true }) name!: string;
  @Field.manyToMany(() => Permission, { linkTable: 'groups_permissions' }) permissions!: Collection<Permission>;

  /** Grants a permission, which is created if need be. */
  async addPermission(codename: string): Promise<void> {
    await changePermissions(this, (present) => [...present, codename]);
  }

  async removePermission(codename: string): Promise<void> {
    await changePermissions(this, (present) => present.filter((one) => one !== codename));
  }

  /** Makes these the permissions of the group. */
  async setPermissions(codenames: readonly string[]): Promise<void> {
    await changePermissions(this, () => codenames);
  }

  /** Reads the permissions, so that {@link hasPermission} can answer. */
  async loadPermissions(): Promise<ReadonlySet<string>> {
    const { em } = sessionOf(this);
    const links = await Group.objects.using(em).links('permissions', [this.id]);
    const found = await Permission.objects
      .using(em)
      .filter({ id__in: links.map(([, id]) => Number(id)) })
      .all();
    const codenames = new Set(found.map(({ codename }) => codename));
    loaded.set(this, codenames);
    return codenames;
  }

  /** @throws PermissionsNotLoadedError before {@link loadPermissions}. */
  hasPermission(codename: string): boolean {
    const codenames = loaded.get(this);
    if (codenames) return codenames.has(codename);
    throw new PermissionsNotLoadedError('hasPermission', 'group');
  }
}

/** The change and its entry in the audit trail are one transaction. */
async function changePermissions(group: Group, change: (present: string[]) => readonly string[]): Promise<void> {
  const { database } = sessionOf(group);
  const { permissionAudit } = AccountServices.of(database);
  const run = async (em: SqlEntityManager) => {
    const groups = Group.objects.using(em);
    // Of two who change the same group's rights at once, the second one starts from what the first one made of them.
    await groups
      .where({ id: group.id })
      .selectForUpdate()
      .rows({ columns: ['id'] });
    const before = await group.loadPermissions();
    const after = change([...before]);
    await groups.setLinks('permissions', group.id, await permissionsNamed(em, after));
    const detailOf = (permission: string) => ({ role: group.name, permission });
    await permissionAudit.noteDifference({ detailOf, before, after });
  };
  await atomic(run, { database });
  await group.loadPermissions();
}
