import 'reflect-metadata';
import {
  AbstractUser,
  AuthModule,
  PermissionService,
  PermissionsMixin,
  POLICY_MODELS,
  type UserManager,
} from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { createTestApp } from '@core-framework/testing';
import { Module } from '@nestjs/common';
import { newEnforcer, newModelFromString } from 'casbin';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    AuthModule.forRoot({ userModel: User, policies: { model: 'rbac' } }),
  ],
})
class BenchModule {}

const POLICIES = 10_000;
const ROLES = 1_000;
const CHECKS = 200_000;
const ENFORCES = 20;

/** Microseconds per check: the first of a request, each that follows in it, and one by Casbin's `enforce`. */
export interface PermissionChecks {
  readonly first: number;
  readonly next: number;
  readonly enforce: number;
}

/** Checks a permission of a user with one of a thousand roles, each of which gives ten of ten thousand policies. */
export async function checkPermissions(): Promise<PermissionChecks> {
  await using app = await createTestApp(BenchModule, { database: 'sqlite://' });
  const permissions = app.nest.get(PermissionService);
  const id = await app.work(() => prepare(permissions));
  const check = () => permissions.checkPermission(id, 'r995', 'a5');
  if (!(await app.work(check))) throw new Error('The user must be allowed.');
  const first = await perRun(500, () => app.work(check));
  const next = await app.work(async () => {
    await perRun(CHECKS, check);
    return perRun(CHECKS, check);
  });
  return { first, next, enforce: await enforceOf(id) };
}

async function prepare(permissions: PermissionService): Promise<number> {
  const { id } = await User.objects.create({ email: 'ann@example.com' });
  await permissions.addRoleToUser(id, 'role999');
  await permissions.addPolicies('p', rules());
  return id;
}

function rules(): string[][] {
  return Array.from({ length: POLICIES }, (_, n) => {
    const role = n % ROLES;
    return [`role:role${role}`, `r${role - 4}`, `a${Math.floor(n / ROLES)}`];
  });
}

async function enforceOf(id: number): Promise<number> {
  const enforcer = await newEnforcer(newModelFromString(POLICY_MODELS.rbac));
  for (const rule of rules()) enforcer.getModel().model.get('p')?.get('p')?.policy.push(rule);
  await enforcer.addGroupingPolicy(`user:${id}`, 'role:role999');
  const enforce = () => enforcer.enforce(`user:${id}`, 'r995', 'a5');
  if (!(await enforce())) throw new Error('Casbin must allow it, too.');
  return perRun(ENFORCES, enforce);
}

async function perRun(times: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) await work();
  const { user, system } = process.cpuUsage(before);
  return Number(((user + system) / times).toPrecision(3));
}
