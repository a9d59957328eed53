import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { Module, type Provider } from '@nestjs/common';
import { newEnforcer, newModelFromString } from 'casbin';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuthModule } from '../auth.module.js';
import { PermissionService } from '../permissions/permission.service.js';
import { AbstractUser } from '../users/abstract-user.js';
import { PermissionsMixin } from '../users/permissions.mixin.js';
import type { UserManager } from '../users/user.manager.js';
import { CasbinRule } from './casbin-rule.model.js';
import { OrmCasbinAdapter } from './orm-casbin.adapter.js';
import { POLICY_WATCHER, type PolicyOptions } from './policy-options.js';
import { POLICY_MODELS } from './shipped-models.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

const orm = CoreOrmModule.forRoot({ schema: 'update' });

function appWith(policies: PolicyOptions, providers: Provider[] = []) {
  @Module({ providers, exports: providers.map((provider) => (provider as { provide: symbol }).provide) })
  class Extras {}
  @Module({
    imports: [
      SettingsModule.forRoot(),
      orm,
      { module: Extras, global: true },
      AuthModule.forRoot({ userModel: User, policies }),
    ],
  })
  class AppModule {}
  return AppModule;
}

const DENYING = `
[request_definition]
r = sub, obj, act, dom
[policy_definition]
p = sub, obj, act, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && r.act == p.act && isOpen(r.dom)
`;

describe.each([
  ['sqlite', 'sqlite://'],
  ['postgresql', process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres'],
])('policies on %s', (_kind, database) => {
  let app: TestApp;
  let permissions: PermissionService;
  let ann: number;
  const start = async (policies: PolicyOptions, providers?: Provider[]) => {
    app = await createTestApp(appWith(policies, providers), { database });
    permissions = app.nest.get(PermissionService);
    await app.work(async () => {
      ann = (await User.objects.create({ email: 'ann@example.com' })).id;
    });
  };
  const work = <T>(run: () => Promise<T>) => app.work(run);
  const may = (resource: string, action: string, about?: Parameters<PermissionService['checkPermission']>[3]) =>
    work(() => permissions.checkPermission(ann, resource, action, about));
  afterEach(() => app?.close());

  test('rbac: rules of users and roles count beside the tables, roles inherit from one another', async () => {
    await start({ model: 'rbac' });
    expect(await may('posts', 'read')).toBe(false);
    await work(async () => {
      await permissions.addPolicy('p', 'role:viewer', 'posts', 'read');
      await permissions.addPolicy('p', `user:${ann}`, 'drafts', 'read');
      await permissions.addPolicy('g', 'role:editor', 'role:viewer');
      await permissions.addPermission('editor', 'posts', 'update');
    });
    expect([await may('posts', 'read'), await may('drafts', 'read')]).toEqual([false, true]);
    await work(() => permissions.addRoleToUser(ann, 'editor'));
    expect([await may('posts', 'read'), await may('posts', 'update'), await may('posts', 'delete')]).toEqual([
      true,
      true,
      false,
    ]);
    await work(() => permissions.removePolicy('g', 'role:editor', 'role:viewer'));
    expect([await may('posts', 'read'), await may('posts', 'update')]).toEqual([false, true]);
  });

  test.each(['rbac', 'acl', 'own'] as const)(
    'roles that rules give bring what the tables give to them (%s)',
    async (model) => {
      const isOwn = model === 'own';
      await start({ model: isOwn ? { text: POLICY_MODELS.rbac } : model });
      await work(async () => {
        await permissions.addPermission('editor', 'posts', 'update');
        await permissions.addPermission('boss', 'posts', 'burn');
        await permissions.addRoleToUser(ann, 'admin');
      });
      expect([await may('posts', 'update'), await may('posts', 'burn')]).toEqual([false, false]);
      await work(async () => {
        await permissions.addPolicies('g', [
          ['role:admin', 'role:editor'],
          ['role:editor', 'role:viewer'],
          [`user:${ann}`, 'role:boss'],
        ]);
        await permissions.addPermission('viewer', 'posts', 'read');
      });
      const all = [await may('posts', 'update'), await may('posts', 'burn'), await may('posts', 'read')];
      expect(all).toEqual([true, true, true]);
      expect(await work(() => permissions.getUserRoles(ann))).toEqual(['admin']);
      await work(async () => {
        expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(true);
        await permissions.removePermission('editor', 'posts', 'update');
        expect(await permissions.checkPermission(ann, 'posts', 'update')).toBe(false);
        await permissions.removePolicy('g', 'role:editor', 'role:viewer');
      });
      expect([await may('posts', 'read'), await may('posts', 'burn')]).toEqual([false, true]);
    },
  );

  test('rbac: the index answers as an enforcer of Casbin does', async () => {
    await start({ model: 'rbac' });
    const rules = Array.from({ length: 60 }, (_, n) => [
      n % 3 ? 'p' : 'g',
      n % 7 ? `role:r${n % 8}` : `user:${ann}`,
      ...(n % 3 ? [`o${n % 5}`, `a${n % 4}`] : [`role:r${(n * 5) % 8}`]),
    ]);
    const enforcer = await newEnforcer(newModelFromString(POLICY_MODELS.rbac));
    await work(async () => {
      for (const [ptype = '', ...rule] of rules) await permissions.addPolicy(ptype, ...rule);
      await permissions.addRoleToUser(ann, 'r1');
    });
    for (const [ptype = '', ...rule] of rules) {
      await (ptype === 'p' ? enforcer.addPolicy(...rule) : enforcer.addGroupingPolicy(...rule));
    }
    await enforcer.addGroupingPolicy(`user:${ann}`, 'role:r1');
    const answers: [boolean, boolean][] = [];
    for (let o = 0; o < 6; o++) {
      for (let a = 0; a < 5; a++) {
        const expected = await enforcer.enforce(`user:${ann}`, `o${o}`, `a${a}`);
        answers.push([await may(`o${o}`, `a${a}`), expected]);
      }
    }
    expect(answers.filter(([own, casbin]) => own !== casbin)).toEqual([]);
    expect(new Set(answers.map(([own]) => own))).toEqual(new Set([true, false]));
  });

  test.each(['rbac', 'acl'] as const)(
    '%s: of roles above one another ten count, for users as for roles',
    async (model) => {
      await start({ model });
      await work(async () => {
        for (let n = 0; n < 12; n++) await permissions.addPolicy('g', `role:r${n}`, `role:r${n + 1}`);
        for (let n = 0; n <= 12; n++) await permissions.addPolicy('p', `role:r${n}`, `o${n}`, 'read');
        await permissions.addRoleToUser(ann, 'r0');
      });
      expect([await may('o0', 'read'), await may('o10', 'read'), await may('o11', 'read')]).toEqual([
        true,
        true,
        false,
      ]);
      await work(async () => {
        await permissions.removeRoleFromUser(ann, 'r0');
        await permissions.addPolicy('g', `user:${ann}`, 'role:r0');
      });
      expect([await may('o9', 'read'), await may('o10', 'read')]).toEqual([true, false]);
      // However far one way is, a shorter one counts.
      await work(() => permissions.addRoleToUser(ann, 'r5'));
      expect([await may('o10', 'read'), await may('o12', 'read')]).toEqual([true, true]);
    },
  );

  test('abac: rules are expressions over the caller and the object, and a rule that fails refuses', async () => {
    await start({ model: 'abac' });
    await work(() => permissions.addPolicy('p', 'r.user.id == r.object.author', 'posts', 'update'));
    expect(await may('posts', 'update', { object: { author: ann } })).toBe(true);
    expect(await may('posts', 'update', { object: { author: ann + 1 } })).toBe(false);
    expect(await may('posts', 'update')).toBe(false);
    expect(await may('posts', 'delete', { object: { author: ann } })).toBe(false);
    await work(() => permissions.addPermission('editor', 'posts', 'delete'));
    await work(() => permissions.addRoleToUser(ann, 'editor'));
    expect(await may('posts', 'delete')).toBe(true);
    await work(() => permissions.addPolicy('p', 'r.object.no.such.thing == 1', 'pages', 'read'));
    expect(await may('pages', 'read', { object: {} })).toBe(false);
    await work(() => permissions.addPolicy('p', "r.user.constructor.constructor('return 1')() == 1", 'pages', 'edit'));
    expect(await may('pages', 'edit', { object: {} })).toBe(false);
  });

  test('acl: rules name users or roles, and all objects of a kind or one', async () => {
    await start({ model: 'acl' });
    await work(async () => {
      await permissions.addPolicy('p', `user:${ann}`, 'posts/5', 'update');
      await permissions.addPolicy('p', 'role:editor', 'posts', 'delete');
    });
    expect(await may('posts', 'update', { object: { id: 5 } })).toBe(true);
    expect(await may('posts', 'update', { object: { id: 6 } })).toBe(false);
    expect(await may('posts', 'update')).toBe(false);
    expect(await may('posts', 'delete', { object: { id: 6 } })).toBe(false);
    await work(() => permissions.addRoleToUser(ann, 'editor'));
    expect(await may('posts', 'delete', { object: { id: 6 } })).toBe(true);
  });

  test('a model and rules of files decide, with functions of the application, and may deny what tables grant', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policies-'));
    try {
      writeFileSync(join(folder, 'model.conf'), DENYING);
      writeFileSync(
        join(folder, 'policy.csv'),
        '# what everybody may\np, role:editor, posts*, update, allow\n\np, role:trainee, posts, update, deny\n',
      );
      await start({
        model: { file: join(folder, 'model.conf') },
        file: join(folder, 'policy.csv'),
        functions: { isOpen: (shop: string) => shop === 'north' },
      });
      const north = { attributes: { dom: 'north' } };
      await work(() => permissions.addRoleToUser(ann, 'editor'));
      await work(() => permissions.addPermission('editor', 'reports', 'read'));
      expect(await may('posts', 'update', north)).toBe(true);
      expect(await may('posts', 'update', { attributes: { dom: 'south' } })).toBe(false);
      expect(await may('reports', 'read', north)).toBe(true);
      await expect(may('posts', 'update')).rejects.toMatchObject({ code: 'AUTH_INVALID_POLICY_MODEL' });
      await work(() => permissions.addPermission('editor', 'posts', 'update'));
      await work(() => permissions.addRoleToUser(ann, 'trainee'));
      expect(await may('posts', 'update', north)).toBe(false);
      expect(await work(() => CasbinRule.objects.count())).toBe(0);
      await work(() => permissions.savePolicies());
      await work(() => permissions.savePolicies());
      expect(await work(() => CasbinRule.objects.orderBy('id').values('ptype', 'v0', 'v1', 'v2', 'v3', 'v4'))).toEqual([
        { ptype: 'p', v0: 'role:editor', v1: 'posts*', v2: 'update', v3: 'allow', v4: '' },
        { ptype: 'p', v0: 'role:trainee', v1: 'posts', v2: 'update', v3: 'deny', v4: '' },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['p', 'admin', 'users', 'read'],
    ['p', 'role:admin', 'users'],
    ['g', '1', 'role:admin'],
    ['g', 'user:1', 'admin'],
    ['q', 'role:admin', 'users', 'read'],
  ])('refuses the rule %s, %s, %s and writes nothing', async (ptype, ...rule) => {
    await start({ model: 'rbac' });
    await expect(work(() => permissions.addPolicy(ptype, ...rule))).rejects.toMatchObject({
      code: 'AUTH_INVALID_POLICY',
    });
    expect(await work(() => CasbinRule.objects.count())).toBe(0);
  });

  test('the watcher is told of changes once they are committed, and its call has rules looked at again', async () => {
    let told = 0;
    let call = () => {};
    const watcher = {
      setUpdateCallback: (callback: () => void) => void (call = callback),
      update: async () => ((told += 1), true),
    };
    await start({ model: 'rbac', refreshSeconds: 3600 }, [{ provide: POLICY_WATCHER, useValue: watcher }]);
    await app
      .rollback(() => permissions.addPolicy('p', `user:${ann}`, 'posts', 'read'))
      .then(() => expect(told).toBe(0));
    expect(await may('posts', 'read')).toBe(false);
    await work(() => permissions.addPolicy('p', `user:${ann}`, 'posts', 'read'));
    expect([told, await may('posts', 'read')]).toEqual([1, true]);
    await work(() => app.nest.get(OrmCasbinAdapter).addPolicy('p', 'p', [`user:${ann}`, 'posts', 'update']));
    expect(await may('posts', 'update')).toBe(false);
    call();
    expect(await may('posts', 'update')).toBe(true);
  });

  describe('the adapter', () => {
    let adapter: OrmCasbinAdapter;
    beforeEach(async () => {
      await start({ model: 'rbac' });
      adapter = app.nest.get(OrmCasbinAdapter);
    });
    const values = () => CasbinRule.objects.orderBy('id').valuesList('ptype', 'v0', 'v1', 'v2');

    test('serves an enforcer of Casbin', () =>
      work(async () => {
        const enforcer = await newEnforcer(newModelFromString(POLICY_MODELS.rbac), adapter);
        await enforcer.addPolicies([
          ['role:a', 'posts', 'read'],
          ['role:a', 'posts', 'update'],
          ['role:b', 'posts', 'read'],
        ]);
        await enforcer.addGroupingPolicy('user:1', 'role:a');
        await enforcer.updatePolicy(['role:b', 'posts', 'read'], ['role:b', 'pages', 'read']);
        await enforcer.removePolicy('role:a', 'posts', 'read');
        await enforcer.removeFilteredPolicy(0, 'role:b');
        expect(await values()).toEqual([
          ['p', 'role:a', 'posts', 'update'],
          ['g', 'user:1', 'role:a', ''],
        ]);
        const other = await newEnforcer(newModelFromString(POLICY_MODELS.rbac), adapter);
        expect(await other.enforce('user:1', 'posts', 'update')).toBe(true);
        await other.loadFilteredPolicy({ ptype: ['p'] });
        expect(await other.enforce('user:1', 'posts', 'update')).toBe(false);
        await expect(other.savePolicy()).rejects.toThrow('filtered');
        await expect(adapter.removeFilteredPolicy('p', 'p', 0, '')).rejects.toMatchObject({
          code: 'AUTH_INVALID_POLICY',
        });
      }));

    test('keeps a rule once, however many add it at the same time', async () => {
      const rule = ['role:a', 'posts', 'read'];
      await Promise.all(Array.from({ length: 10 }, () => work(() => adapter.addPolicy('p', 'p', rule))));
      expect(await work(values)).toEqual([['p', ...rule]]);
      expect(await work(() => adapter.version())).toBe(10);
    });
  });
});

test.each([
  [{ model: { text: '[matchers]\nm = 1' } }, 'lacks a section'],
  [{ model: { file: '/no/such/model.conf' } }, 'cannot be read'],
  [{ file: '/no/such/policy.csv' }, 'cannot be read'],
  [{ model: 'rabc' as never }, 'no model of policies'],
  [{ refreshSeconds: Number.NaN }, 'refreshSeconds'],
])('refuses to start with %j', async (policies, problem) => {
  await expect(createTestApp(appWith(policies))).rejects.toThrow(problem);
});
