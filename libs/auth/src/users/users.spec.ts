import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Field, Model, UniqueViolationError } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuthModule } from '../auth.module.js';
import { Group } from '../groups/group.model.js';
import { Permission } from '../groups/permission.model.js';
import { Hash } from '../hashing/hash.service.js';
import { PasswordHasher } from '../hashing/password-hasher.js';
import { AbstractBaseUser, AbstractUser } from './abstract-user.js';
import { PermissionsMixin } from './permissions.mixin.js';
import type { UserManager } from './user.manager.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Model({ tableName: 'staff' })
class Member extends AbstractBaseUser {
  declare static readonly objects: UserManager<Member>;
  static override readonly USERNAME_FIELD = 'handle';
  static override readonly REQUIRED_FIELDS = ['handle'];

  @Field.pk({ type: 'uuid' }) declare id: string;
  @Field.string({ maxLength: 30, unique: true }) handle!: string;
}

/** Of no use but in tests. */
class PlainHasher extends PasswordHasher {
  readonly name = 'plain';
  hash = (password: string) => [...password].reverse().join('');
  verify = (password: string, hashed: string) => hashed === this.hash(password);
}

const orm = CoreOrmModule.forRoot({ schema: 'update' });

@Module({ imports: [SettingsModule.forRoot(), orm, AuthModule.forRoot({ userModel: User, hashers: [PlainHasher] })] })
class UserApp {}

@Module({ imports: [SettingsModule.forRoot(), orm, AuthModule.forRoot({ userModel: Member, hashers: [PlainHasher] })] })
class MemberApp {}

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

describe.each([
  ['sqlite', 'sqlite://'],
  ['postgresql', POSTGRES],
])('users on %s', (_kind, database) => {
  let app: TestApp;
  const work = <T>(run: () => Promise<T>) => app.work(run);

  beforeAll(async () => {
    app = await new SecretWatch().start(UserApp, { database, env: { AUTH_PASSWORD_HASHER: 'argon2' } });
    app.nest.get(Hash).configure('argon2', { memoryCost: 64, timeCost: 1 });
  });
  afterAll(() => app?.close());
  beforeEach(() => work(async () => void (await User.objects.delete())));

  test('are created with a hash, found by their address however it is spelt, and told apart by it', () =>
    work(async () => {
      const user = await User.objects.createUser({ email: ' Ann@Example.com ', password: 'correct horse' });
      expect([user.email, user.isSuperuser, user.isActive, user.tokenVersion]).toEqual([
        'ann@example.com',
        false,
        true,
        0,
      ]);
      expect(user.passwordHash).toMatch(/^\$argon2id\$/);
      expect((await User.objects.getByEmail('ANN@example.com'))?.id).toBe(user.id);
      await expect(User.objects.createUser({ email: 'ANN@EXAMPLE.COM' })).rejects.toThrow(UniqueViolationError);
      const root = await User.objects.createSuperuser({ email: 'root@example.com', password: 'correct horse' });
      expect([root.isStaff, root.isSuperuser, root.isVerified]).toEqual([true, true, true]);
    }));

  test('are authenticated by their password only while they are active and have one', () =>
    work(async () => {
      const user = await User.objects.createUser({ email: 'ann@example.com', password: 'correct horse' });
      await User.objects.createUser({ email: 'nopassword@example.com' });
      const authenticate = (email: string, password: string) => User.objects.authenticate(email, password);
      expect((await authenticate('ANN@example.com', 'correct horse'))?.id).toBe(user.id);
      expect(await authenticate('ann@example.com', 'wrong horse')).toBeNull();
      expect(await authenticate('bob@example.com', 'correct horse')).toBeNull();
      expect(await authenticate('nopassword@example.com', '')).toBeNull();
      user.isActive = false;
      await user.save();
      expect(await authenticate('ann@example.com', 'correct horse')).toBeNull();
    }));

  test('get another hash at sign-in when theirs is outdated, and keep their tokens', () =>
    work(async () => {
      const old = await app.nest.get(Hash).driver('plain').make('correct horse');
      expect(old).toBe('plain$esroh tcerroc');
      const user = await User.objects.create({ email: 'ann@example.com', passwordHash: old });
      expect(await User.objects.authenticate('ann@example.com', 'wrong horse')).toBeNull();
      expect((await user.refresh()).passwordHash).toBe(old);
      expect(await User.objects.authenticate('ann@example.com', 'correct horse')).not.toBeNull();
      await user.refresh();
      expect([user.passwordHash?.slice(0, 10), user.tokenVersion]).toEqual(['$argon2id$', 0]);
    }));

  test('keep the password that they were given while theirs was hashed anew', () =>
    work(async () => {
      const hash = app.nest.get(Hash);
      const old = await hash.driver('plain').make('correct horse');
      const user = await User.objects.create({ email: 'ann@example.com', passwordHash: old });
      const make = hash.make.bind(hash);
      // Somebody sets another password in the time that a hash takes.
      hash.make = async (password) => {
        const hashed = await make(password);
        await app.work(async () => {
          const same = await User.objects.get({ id: user.id });
          same.passwordHash = await make('another horse');
          await same.save();
        });
        return hashed;
      };
      await User.objects.authenticate('ann@example.com', 'correct horse');
      hash.make = make;
      await user.refresh();
      expect([await user.checkPassword('correct horse'), await user.checkPassword('another horse')]).toEqual([
        false,
        true,
      ]);
    }));

  test('change their password, which ends what was issued before', () =>
    work(async () => {
      const user = await User.objects.createUser({ email: 'ann@example.com', password: 'correct horse' });
      await user.setPassword('another horse');
      await user.save();
      expect([await user.checkPassword('correct horse'), await user.checkPassword('another horse')]).toEqual([
        false,
        true,
      ]);
      expect([user.tokenVersion, user.passwordChangedAt]).toEqual([1, expect.any(Date)]);
      await user.setUnusablePassword();
      expect([user.hasUsablePassword(), await user.checkPassword(''), user.tokenVersion]).toEqual([false, false, 2]);
      expect(JSON.stringify(user.toDict())).not.toMatch(/argon|tokenVersion/);
    }));

  test('hold permissions of their own and of their groups, read by one statement', async () => {
    await work(async () => {
      const user = await User.objects.createUser({ email: 'ann@example.com' });
      const other = await User.objects.createUser({ email: 'bob@example.com' });
      await user.addToGroup('editors');
      await user.addToGroup('editors');
      await user.addPermission('posts.feature');
      await other.addPermission('posts.burn');
      const editors = await Group.objects.get({ name: 'editors' });
      await editors.setPermissions(['posts.edit', 'posts.delete']);
      await editors.removePermission('posts.delete');
      await editors.addPermission('comments.moderate');
      expect([editors.hasPermission('posts.edit'), editors.hasPermission('posts.delete')]).toEqual([true, false]);
      expect(() => user.hasPerm('posts.edit')).toThrow(
        'hasPerm() was called before the permissions of the user were read.',
      );
      const { statements } = await app.recordQueries(() => user.loadPermissions());
      expect(statements).toHaveLength(1);
      expect([...user.getAllPermissions()].toSorted((a, b) => a.localeCompare(b))).toEqual([
        'comments.moderate',
        'posts.edit',
        'posts.feature',
      ]);
      expect([user.hasPerms(['posts.edit', 'posts.feature']), user.hasPerm('posts.burn')]).toEqual([true, false]);
      expect([user.getGroupNames(), user.isInGroup('editors'), user.isInGroup('admins')]).toEqual([
        ['editors'],
        true,
        false,
      ]);
      await user.setGroups(['admins']);
      await user.setPermissions([]);
      expect([user.getGroupNames(), user.hasPerm('posts.feature'), user.hasPerm('posts.edit')]).toEqual([
        ['admins'],
        false,
        false,
      ]);
      user.isSuperuser = true;
      expect(user.hasPerm('anything.at_all')).toBe(true);
      user.isActive = false;
      expect([user.hasPerm('anything.at_all'), user.getAllPermissions().size]).toEqual([false, 0]);
      expect(await Permission.objects.filter({ codename: 'posts.edit' }).count()).toBe(1);
    });
  });

  test('refuse permissions that nothing could ask for, and write none of those beside them', () =>
    work(async () => {
      const user = await User.objects.createUser({ email: 'ann@example.com' });
      await user.addToGroup('editors');
      const editors = await Group.objects.get({ name: 'editors' });
      const refused = { code: 'AUTH_INVALID_CODENAME' };
      await expect(user.addPermission('edit')).rejects.toMatchObject(refused);
      await expect(user.setPermissions(['posts.archive', 'posts edit'])).rejects.toMatchObject(refused);
      await expect(editors.addPermission('posts.')).rejects.toMatchObject(refused);
      expect(await Permission.objects.filter({ codename__in: ['edit', 'posts.archive', 'posts.'] }).count()).toBe(0);
      await user.removePermission('edit');
    }));

  test('may have a key and a sign-in name of their own, in another application of the process', async () => {
    await using other = await new SecretWatch().start(MemberApp, { database, env: { AUTH_PASSWORD_HASHER: 'plain' } });
    await other.work(async () => {
      const member = await Member.objects.createUser({ email: 'a@b.io', handle: 'Ann', password: 'correct horse' });
      expect([member.passwordHash, member.id]).toEqual([
        'plain$esroh tcerroc',
        expect.stringMatching(/^[\da-f-]{36}$/),
      ]);
      expect((await Member.objects.authenticate('Ann', 'correct horse'))?.id).toBe(member.id);
      expect(await Member.objects.authenticate('a@b.io', 'correct horse')).toBeNull();
    });
    await work(async () => {
      const user = await User.objects.createUser({ email: 'c@d.io', password: 'correct horse' });
      expect(user.passwordHash).toMatch(/^\$argon2id/);
    });
  });
});

test('a password that the hasher of today does not take lets its owner in by the hash of yesterday', async () => {
  await using app = await new SecretWatch().start(UserApp, { env: { AUTH_PASSWORD_HASHER: 'bcrypt' } });
  const hash = app.nest.get(Hash);
  hash.configure('bcrypt', { rounds: 4 });
  const password = 'correct horse '.repeat(6);
  await app.work(async () => {
    const passwordHash = await hash.driver('plain').make(password);
    await User.objects.create({ email: 'ann@example.com', passwordHash });
    expect(await User.objects.authenticate('ann@example.com', password)).toMatchObject({ passwordHash });
    await User.objects.create({ email: 'bob@example.com', passwordHash: 'unknown$hash' });
    expect(await User.objects.authenticate('bob@example.com', password)).toBeNull();
  });
});

test('a hasher that nobody has stops the start', async () => {
  await expect(createTestApp(UserApp, { env: { AUTH_PASSWORD_HASHER: 'md5' } })).rejects.toMatchObject({
    code: 'AUTH_UNKNOWN_HASHER',
  });
});

test('the constants of a model keep their types behind the mixin', () => {
  // @ts-expect-error the names are a list
  abstract class Mistaken extends PermissionsMixin(AbstractUser) {
    static override readonly REQUIRED_FIELDS = 'handle';
  }
  expect([Mistaken.USERNAME_FIELD, PermissionsMixin(AbstractUser).REQUIRED_FIELDS]).toEqual(['email', []]);
});
