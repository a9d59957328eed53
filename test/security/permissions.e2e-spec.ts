import {
  AbstractUser,
  AuthEvent,
  AuthEvents,
  AuthModule,
  CasbinRule,
  Group,
  IsVerified,
  PermissionService,
  PermissionsMixin,
  type PolicyOptions,
  RequirePermission,
  RequireRole,
  type UserManager,
} from '@core-framework/auth';
import { CheckRegistry, type Principal } from '@core-framework/common';
import { SettingsModule } from '@core-framework/config';
import { atomic, BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { type TestApp, type TestClient } from '@core-framework/testing';
import { ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { databaseKinds, scratchDatabase, type ScratchDatabase } from '../support/databases.js';

@Model({ tableName: 'policy_users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Model({ tableName: 'policy_pages' })
class Page extends BaseModel {
  declare static readonly objects: Manager<Page>;

  @Field.string({ maxLength: 50 }) title!: string;
  @Field.integer({ default: 0 }) owner = 0;
}

@ViewSet({
  path: 'pages',
  model: Page,
  permissionsByAction: {
    list: [RequirePermission('pages', 'read')],
    retrieve: [RequirePermission('pages', 'read')],
    update: [RequirePermission('pages', 'update')],
    create: [IsVerified],
    destroy: [RequireRole('admin', 'janitor')],
  },
})
class PageViewSet extends ModelViewSet<Page> {}

function appWith(policies?: PolicyOptions) {
  @Module({
    imports: [
      SettingsModule.forRoot(),
      CoreOrmModule.forRoot({ schema: 'update' }),
      CoreOrmModule.forFeature([Page]),
      AuthModule.forRoot({ userModel: User, policies }),
      ViewSetModule.forRoot(),
      ViewSetModule.forFeature([PageViewSet]),
    ],
  })
  class AppModule {}
  return AppModule;
}

const PAGES = '/api/v1/pages';

/** Who a token would stand for; what he may do is looked up by his key. */
function callerWith(app: TestApp, id: number): Principal {
  const permissions = app.nest.get(PermissionService);
  return {
    id,
    isAuthenticated: true,
    isActive: true,
    isStaff: false,
    isSuperuser: false,
    hasPermission: async (codename) => (await permissions.grantsOf(id)).permissions.has(codename),
    inGroup: (name) => permissions.hasRole(id, name),
  };
}

describe.each((await databaseKinds()).map((kind) => [kind]))('permissions on %s', (kind) => {
  let database: ScratchDatabase;
  const apps: TestApp[] = [];
  let ed: number;
  const start = async (policies?: PolicyOptions) => {
    const app = await createWatchedApp(appWith(policies), { database: false, env: { DATABASE_URL: database.url } });
    apps.push(app);
    return app;
  };
  const as = (app: TestApp, id = ed): TestClient => app.client.as(callerWith(app, id));
  const change = (app: TestApp, work: (permissions: PermissionService) => Promise<unknown>) =>
    app.work(() => work(app.nest.get(PermissionService)));

  beforeAll(async () => {
    database = await scratchDatabase(kind);
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    const app = await start();
    await app.work(async () => {
      for (const rows of [User.objects, CasbinRule.objects, Group.objects]) await rows.delete();
      ed = (await User.objects.create({ email: 'ed@example.com' })).id;
    });
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  test('SEC-23: a role that is given or taken counts at the next request', async () => {
    const app = await start();
    expect((await as(app).get(PAGES)).status).toBe(403);
    await change(app, async (permissions) => {
      await permissions.addPermission('reader', 'pages', 'read');
      await permissions.addRoleToUser(ed, 'reader');
    });
    expect((await as(app).get(PAGES)).status).toBe(200);
    await change(app, (permissions) => permissions.removeRoleFromUser(ed, 'reader'));
    expect((await as(app).get(PAGES)).status).toBe(403);
  });

  test('SEC-90: who was given what, or had it taken, is in the audit trail', async () => {
    const app = await start();
    await change(app, async (permissions) => {
      await AuthEvent.objects.delete();
      await permissions.addPermission('scribe', 'pages', 'read');
      await permissions.addRoleToUser(ed, 'scribe');
      await permissions.addRoleToUser(ed, 'scribe');
      await permissions.removeRoleFromUser(ed, 'scribe');
      await permissions.removePermission('scribe', 'pages', 'read');
    });
    const recorded = await app.work(() =>
      AuthEvent.objects.filter({ name: 'authz_change' }).values('userId', 'detail'),
    );
    const of = (change: string) => recorded.filter(({ detail }) => (detail as { change?: unknown }).change === change);
    for (const what of ['given', 'taken']) {
      expect(of(what)).toHaveLength(2);
      expect(of(what)).toEqual(
        expect.arrayContaining([
          { userId: null, detail: { role: 'scribe', permission: 'pages.read', change: what } },
          { userId: String(ed), detail: { role: 'scribe', change: what } },
        ]),
      );
    }
  });

  test('SEC-90: it is in the audit trail as well when users and groups are changed themselves', async () => {
    const app = await start();
    await app.work(async () => {
      await AuthEvent.objects.delete();
      const user = await User.objects.get({ id: ed });
      await user.setGroups(['painter', 'scribe']);
      await user.addToGroup('painter');
      await user.removeFromGroup('painter');
      await user.addPermission('pages.paint');
      await user.setPermissions([]);
      const scribes = await Group.objects.get({ name: 'scribe' });
      await scribes.addPermission('pages.write');
      await scribes.removePermission('pages.write');
    });
    const recorded = await app.work(() =>
      AuthEvent.objects.filter({ name: 'authz_change' }).values('userId', 'detail'),
    );
    const userId = String(ed);
    const expected = [
      { userId, detail: { role: 'painter', change: 'given' } },
      { userId, detail: { role: 'scribe', change: 'given' } },
      { userId, detail: { role: 'painter', change: 'taken' } },
      { userId, detail: { permission: 'pages.paint', change: 'given' } },
      { userId, detail: { permission: 'pages.paint', change: 'taken' } },
      { userId: null, detail: { role: 'scribe', permission: 'pages.write', change: 'given' } },
      { userId: null, detail: { role: 'scribe', permission: 'pages.write', change: 'taken' } },
    ];
    expect(recorded).toHaveLength(expected.length);
    expect(recorded).toEqual(expect.arrayContaining(expected));
  });

  test('SEC-90: a change that is rolled back leaves nothing in the audit trail', async () => {
    const app = await start();
    const failing = app.work(() =>
      atomic(async () => {
        const user = await User.objects.get({ id: ed });
        await user.addToGroup('ghost');
        throw new Error('given up');
      }),
    );
    await expect(failing).rejects.toThrow('given up');
    const details = await app.work(() => AuthEvent.objects.filter({ name: 'authz_change' }).pluck('detail'));
    expect(JSON.stringify(details)).not.toContain('ghost');
  });

  test('SEC-90: a rule whose entry in the audit trail fails is neither added nor removed', async () => {
    const app = await start({ model: 'rbac' });
    const rule = ['p', `user:${ed}`, 'pages', 'read'] as const;
    const events = app.nest.get(AuthEvents);
    const failing = async (change_: () => Promise<unknown>) => {
      const record = events.record.bind(events);
      events.record = () => Promise.reject(new Error('The disk is full.'));
      await expect(change_()).rejects.toThrow('The disk is full.');
      events.record = record;
    };
    await failing(() => change(app, (permissions) => permissions.addPolicy(...rule)));
    expect((await as(app).get(PAGES)).status).toBe(403);
    await change(app, (permissions) => permissions.addPolicy(...rule));
    await failing(() => change(app, (permissions) => permissions.removePolicy(...rule)));
    expect((await as(app).get(PAGES)).status).toBe(200);
  });

  test('of groups that are given at the same time none is lost', async () => {
    const app = await start();
    const names = ['dancer', 'singer', 'actor', 'juggler', 'clown'];
    const give = (name: string) => app.work(async () => (await User.objects.get({ id: ed })).addToGroup(name));
    await Promise.all(names.map(give));
    const has = await app.work(() => app.nest.get(PermissionService).getUserRoles(ed));
    expect(has).toEqual(expect.arrayContaining(names));
  });

  test('what a user is given counts in the same unit of work', async () => {
    const app = await start();
    await app.work(async () => {
      const permissions = app.nest.get(PermissionService);
      const user = await User.objects.get({ id: ed });
      expect(await permissions.checkPermission(ed, 'pages', 'sign')).toBe(false);
      await user.addPermission('pages.sign');
      expect(await permissions.checkPermission(ed, 'pages', 'sign')).toBe(true);
    });
  });

  test('SEC-24: 401 with a challenge comes before 403', async () => {
    const app = await start();
    const answers = await Promise.all([
      app.client.get(PAGES),
      app.client.post(PAGES, { title: 'x' }),
      app.client.delete(`${PAGES}/1`),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers['www-authenticate']])).toEqual(
      answers.map(() => [401, 'Bearer']),
    );
    expect((await as(app).post(PAGES, { title: 'x' })).json()).toMatchObject({ code: 'not_verified' });
    await app.work(() => User.objects.filter({ id: ed }).update({ isVerified: true }));
    expect((await as(app).post(PAGES, { title: 'x' })).status).toBe(201);
  });

  test('SEC-26: what one process takes away another refuses within a second', async () => {
    const [here, there] = [await start({ model: 'rbac' }), await start({ model: 'rbac' })];
    const rule = ['p', `user:${ed}`, 'pages', 'read'] as const;
    await change(here, (permissions) => permissions.addPolicy(...rule));
    there.clock.advance({ seconds: 1 });
    expect((await as(there).get(PAGES)).status).toBe(200);
    await change(here, (permissions) => permissions.removePolicy(...rule));
    expect((await as(here).get(PAGES)).status).toBe(403);
    there.clock.advance({ seconds: 1 });
    expect((await as(there).get(PAGES)).status).toBe(403);
  });

  test('SEC-27: who is unknown, named like a role, too far from a role, or cannot be looked up is refused', async () => {
    const app = await start({ model: 'acl' });
    await change(app, async (permissions) => {
      await permissions.addPolicy('p', 'role:r12', 'pages', 'read');
      for (let n = 0; n < 12; n++) await permissions.addPolicy('g', `role:r${n}`, `role:r${n + 1}`);
      await permissions.addRoleToUser(ed, 'r0');
    });
    expect((await as(app).get(PAGES)).status).toBe(403);
    await change(app, (permissions) => permissions.addRoleToUser(ed, 'r3'));
    expect((await as(app).get(PAGES)).status).toBe(200);
    expect((await as(app, 999_999).get(PAGES)).status).toBe(403);
    for (const id of ['r12', 'role:r12', ['r12'], { id: ed }, null] as unknown[]) {
      expect((await as(app, id as number).get(PAGES)).status).toBeGreaterThanOrEqual(400);
    }
    const rename = (from: string, to: string) =>
      app.work(() => app.database.entityManager().execute(`alter table ${from} rename to ${to}`));
    await rename('casbin_version', 'away');
    app.clock.advance({ seconds: 1 });
    const refused = await as(app).get(PAGES);
    expect([refused.status, refused.text.includes('casbin')]).toEqual([503, false]);
    await rename('away', 'casbin_version');
  });

  test('SEC-27: roles that stand too far above one another are told of at start-up, by whichever model', async () => {
    for (const model of ['rbac', 'acl'] as const) {
      const app = await start({ model });
      const codes = async () => (await app.work(() => app.nest.get(CheckRegistry).run())).map(({ code }) => code);
      await app.work(() => CasbinRule.objects.delete());
      await change(app, async (permissions) => {
        await permissions.addPolicy('p', 'role:r11', 'pages', 'read');
        for (let n = 0; n < 10; n++) await permissions.addPolicy('g', `role:r${n}`, `role:r${n + 1}`);
        await permissions.addRoleToUser(ed, 'r0');
      });
      expect(await codes()).not.toContain('AUTH_ROLE_CHAIN_TOO_DEEP');
      await change(app, (permissions) => permissions.addPolicy('g', 'role:r10', 'role:r11'));
      expect(await codes()).toContain('AUTH_ROLE_CHAIN_TOO_DEEP');
      expect([model, (await as(app).get(PAGES)).status]).toEqual([model, 403]);
    }
  });

  test('SEC-27: a question that lacks what the model asks for is not answered in favour of the caller', async () => {
    const text = `
[request_definition]
r = sub, obj, act, dom
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act`;
    const app = await start({ model: { text } });
    await change(app, (permissions) => permissions.addPolicy('p', `user:${ed}`, 'pages', 'read'));
    const answer = await as(app).get(PAGES);
    expect([answer.status >= 400, answer.text.includes('dom')]).toEqual([true, false]);
    const asked = { attributes: { dom: 'x' } };
    const allowed = app.work(() => app.nest.get(PermissionService).checkPermission(ed, 'pages', 'read', asked));
    expect(await allowed).toBe(true);
  });

  test('SEC-17: a model that judges objects opens the ones that its rules name and no other', async () => {
    const app = await start({ model: 'abac' });
    await change(app, async (permissions) => {
      await permissions.addPolicy('p', 'r.object.owner == r.user.id', 'pages', 'update');
      await permissions.addPolicy('p', 'r.object.owner == r.user.id', 'pages', 'read');
    });
    const [mine, other] = await app.work(() =>
      Page.objects.bulkCreate([
        { title: 'Mine', owner: ed },
        { title: 'Other', owner: ed + 1 },
      ]),
    );
    const statuses = async (page?: Page) => [
      (await as(app).get(`${PAGES}/${page?.id}`)).status,
      (await as(app).patch(`${PAGES}/${page?.id}`, { title: 'New' })).status,
      (await as(app).put(`${PAGES}/${page?.id}`, { title: 'New' })).status,
    ];
    expect(await statuses(mine)).toEqual([200, 200, 200]);
    expect(await statuses(other)).toEqual([403, 403, 403]);
    expect((await as(app).get(PAGES)).status).toBe(403);
  });

  test('SEC-29: a superuser who was switched off has no rights, and one who is not has no role by that', async () => {
    const app = await start();
    const page = await app.work(() => Page.objects.create({ title: 'x' }));
    await app.work(() => User.objects.filter({ id: ed }).update({ isSuperuser: true }));
    expect((await as(app).get(PAGES)).status).toBe(200);
    expect((await as(app).delete(`${PAGES}/${page.id}`)).status).toBe(403);
    await change(app, (permissions) => permissions.addRoleToUser(ed, 'janitor'));
    expect((await as(app).delete(`${PAGES}/${page.id}`)).status).toBe(204);
    await app.work(() => User.objects.filter({ id: ed }).update({ isActive: false }));
    expect((await as(app).get(PAGES)).status).toBe(403);
  });
});
