import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuthModule } from '../auth.module.js';
import { PermissionsNotLoadedError } from '../errors/auth.errors.js';
import { Group } from '../groups/group.model.js';
import { Permission } from '../groups/permission.model.js';
import { AbstractUser } from '../users/abstract-user.js';
import { PermissionsMixin } from '../users/permissions.mixin.js';
import type { UserManager } from '../users/user.manager.js';
import { PermissionService } from './permission.service.js';
import { PREDEFINED_ROLES } from './predefined-roles.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Model({ tableName: 'guests' })
class Guest extends AbstractUser {
  declare static readonly objects: UserManager<Guest>;
}

const orm = CoreOrmModule.forRoot({ schema: 'update' });

@Module({ imports: [SettingsModule.forRoot(), orm, AuthModule.forRoot({ userModel: User })] })
class UserApp {}

@Module({ imports: [SettingsModule.forRoot(), orm, AuthModule.forRoot({ userModel: Guest })] })
class GuestApp {}

describe.each([
  ['sqlite', 'sqlite://'],
  ['postgresql', process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres'],
])('roles and permissions on %s', (_kind, database) => {
  let app: TestApp;
  let permissions: PermissionService;
  let ann: number;
  const work = <T>(run: () => Promise<T>) => app.work(run);
  const may = (resource: string, action: string) => work(() => permissions.checkPermission(ann, resource, action));

  beforeAll(async () => {
    app = await createTestApp(UserApp, { database });
    permissions = app.nest.get(PermissionService);
  });
  afterAll(() => app?.close());
  beforeEach(() =>
    work(async () => {
      for (const rows of [User.objects, Group.objects, Permission.objects]) await rows.delete();
      ann = (await User.objects.create({ email: 'ann@example.com' })).id;
    }),
  );

  test('a role is a group, and says what it gives', () =>
    work(async () => {
      expect(await permissions.addRoleToUser(ann, 'editor')).toBe(true);
      expect(await permissions.addRoleToUser(ann, 'editor')).toBe(false);
      expect(await permissions.addPermission('editor', 'posts', 'update')).toBe(true);
      expect(await permissions.addPermission('editor', 'posts', 'update')).toBe(false);
      expect(await permissions.addPermission('editor', 'posts', 'approve.all')).toBe(true);
      expect(await permissions.getUserRoles(ann)).toEqual(['editor']);
      expect(await permissions.hasRole(ann, 'editor')).toBe(true);
      expect(await permissions.getRolePermissions('editor')).toEqual([
        ['posts', 'approve.all'],
        ['posts', 'update'],
      ]);
      const user = await User.objects.get({ id: ann });
      expect(() => user.isInGroup('editor')).toThrow(PermissionsNotLoadedError);
      await user.loadPermissions();
      expect([user.isInGroup('editor'), user.hasPerm('posts.update')]).toEqual([true, true]);
    }));

  test('what is taken away is gone, and what was not there changes nothing', () =>
    work(async () => {
      await permissions.addRoleToUser(ann, 'editor');
      await permissions.addRoleToUser(ann, 'viewer');
      await permissions.addPermission('editor', 'posts', 'update');
      expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(true);
      expect(await permissions.removePermission('editor', 'posts', 'update')).toBe(true);
      expect(await permissions.removePermission('editor', 'posts', 'update')).toBe(false);
      expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(false);
      expect(await permissions.removeRoleFromUser(ann, 'editor')).toBe(true);
      expect(await permissions.removeRoleFromUser(ann, 'editor')).toBe(false);
      expect(await permissions.removeRoleFromUser(ann, 'nobody')).toBe(false);
      expect(await permissions.getUserRoles(ann)).toEqual(['viewer']);
      expect(await permissions.getRolePermissions('nobody')).toEqual([]);
    }));

  test('of changes at the same time none is lost', async () => {
    const roles = Array.from({ length: 8 }, (_, index) => `role${index}`);
    await work(() => permissions.addRoleToUser(ann, 'old'));
    const added = await Promise.all([
      ...roles.flatMap((role) => [0, 1].map(() => work(() => permissions.addRoleToUser(ann, role)))),
      work(() => permissions.removeRoleFromUser(ann, 'old')),
    ]);
    expect(added.filter(Boolean)).toHaveLength(9);
    expect(await work(() => permissions.getUserRoles(ann))).toEqual(roles);
  });

  test('what somebody else changes counts from the next unit of work on', async () => {
    await work(async () => {
      expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(false);
      await app.work(async () => {
        await permissions.addRoleToUser(ann, 'editor');
        await permissions.addPermission('editor', 'posts', 'update');
      });
      expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(false);
    });
    expect(await may('posts', 'update')).toBe(true);
  });

  test('one unit of work asks the database once per user', () =>
    work(async () => {
      await permissions.checkPermission(ann, 'posts', 'update');
      await app.assertQueries(0, () => permissions.checkPermission(ann, 'posts', 'delete'));
    }));

  test('a superuser may do everything but has no role; who is not active may do nothing', async () => {
    await work(() => User.objects.filter({ id: ann }).update({ isSuperuser: true }));
    expect([await may('posts', 'update'), await work(() => permissions.hasRole(ann, 'admin'))]).toEqual([true, false]);
    await work(() => User.objects.filter({ id: ann }).update({ isActive: false }));
    expect(await may('posts', 'update')).toBe(false);
    expect(await work(() => permissions.checkPermission(999_999, 'posts', 'update'))).toBe(false);
  });

  test('initializeRoles writes the predefined roles as often as it is called and keeps what was added', () =>
    work(async () => {
      await permissions.addPermission('viewer', 'reports', 'read');
      await permissions.initializeRoles();
      await permissions.initializeRoles();
      const pairs = async (role: string) => (await permissions.getRolePermissions(role)).map((pair) => pair.join('.'));
      expect(await pairs('admin')).toEqual([...(PREDEFINED_ROLES['admin'] ?? [])].sort());
      expect(await pairs('editor')).toEqual(['posts.create', 'posts.delete', 'posts.read', 'posts.update']);
      expect(await pairs('viewer')).toEqual(['posts.read', 'reports.read', 'users.read']);
    }));

  test('refuses names that are none, and policies where there are none', () =>
    work(async () => {
      await expect(permissions.addPermission('editor', 'a.b', '')).rejects.toMatchObject({
        code: 'AUTH_INVALID_CODENAME',
      });
      await expect(permissions.initializeRoles({ editor: ['posts'] })).rejects.toMatchObject({
        message: '"posts" names no permission.',
      });
      await expect(permissions.addPolicy('p', 'role:x', 'a', 'b')).rejects.toMatchObject({
        code: 'AUTH_POLICIES_NOT_CONFIGURED',
      });
    }));
});

test('users without groups are told so when they are given a role, and have no rights till then', async () => {
  await using app = await createTestApp(GuestApp);
  const permissions = app.nest.get(PermissionService);
  await app.work(async () => {
    const { id } = await Guest.objects.create({ email: 'ann@example.com' });
    expect(await permissions.checkPermission(id, 'posts', 'read')).toBe(false);
    await expect(permissions.addRoleToUser(id, 'editor')).rejects.toMatchObject({
      code: 'AUTH_USERS_WITHOUT_PERMISSIONS',
    });
  });
});
