import { afterEach, describe, expect, test } from '@jest/globals';
import type { Ref } from '@mikro-orm/core';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import type { ModelClass } from '../fields/field-definition.js';
import type { Manager } from '../querysets/manager.js';
import { BaseModel } from './base.model.js';
import { Model } from './model.decorator.js';
import { PlainModel } from './plain.model.js';

/** As a package declares it, without knowing the application's users. */
abstract class AbstractUser extends PlainModel {
  @Field.email({ unique: true }) email!: string;
}

@Model()
class ApiKey extends BaseModel {
  declare static readonly objects: Manager<ApiKey>;
  @Field.string() name!: string;
  @Field.foreignKey(() => AbstractUser, { onDelete: 'cascade' }) user!: Ref<AbstractUser>;
}

@Model({ tableName: 'numbered_users' })
class NumberedUser extends AbstractUser {
  declare static readonly objects: Manager<NumberedUser>;
  @Field.pk() id!: number;
}

@Model({ tableName: 'uuid_users' })
class UuidUser extends AbstractUser {
  declare static readonly objects: Manager<UuidUser>;
  @Field.pk({ type: 'uuid' }) id!: string;
}

const open: Database[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});

async function start(...models: ModelClass[]) {
  const options = resolveCoreOrmOptions({ url: 'sqlite://:memory:', schema: 'update' });
  const database = await openDatabase([ApiKey, ...models], options);
  open.push(database);
  return <T>(work: () => Promise<T>) => runInContext(work, { database });
}

async function works(users: Manager<NumberedUser> | Manager<UuidUser>) {
  const user = await users.create({ email: 'a@example.com' });
  const key = await ApiKey.objects.create({ name: 'ci', user });
  expect(await ApiKey.objects.filter({ user__email: 'a@example.com', user }).count()).toBe(1);
  expect(await ApiKey.objects.values('user__email')).toEqual([{ user__email: 'a@example.com' }]);
  expect(await ApiKey.objects.where({ user: user.id }).rows({ columns: ['user'] })).toEqual([{ user: user.id }]);
  const joined = await ApiKey.objects.selectRelated('user').get({ id: key.id });
  expect([joined.user.unwrap(), joined.toDict().user]).toEqual([user, user.id]);
  await user.delete();
  expect(await ApiKey.objects.count()).toBe(0);
}

describe('a relation to an abstract class', () => {
  test('leads to the model that extends it, whatever its key', async () => {
    await (
      await start(NumberedUser)
    )(() => works(NumberedUser.objects));
    await open.pop()?.close();
    await (
      await start(UuidUser)
    )(() => works(UuidUser.objects));
  });

  test('leads to another model in another application of the process', async () => {
    const [numbered, uuid] = [await start(NumberedUser), await start(UuidUser)];
    for (let turn = 0; turn < 2; turn++) {
      await numbered(() => works(NumberedUser.objects));
      await uuid(() => works(UuidUser.objects));
    }
  });

  test('stops an application that has no such model, or several', async () => {
    await expect(start()).rejects.toMatchObject({
      code: 'ORM_INVALID_MODEL',
      message: expect.stringContaining('which no model extends'),
    });
    await expect(start(NumberedUser, UuidUser)).rejects.toMatchObject({
      code: 'ORM_INVALID_MODEL',
      message: expect.stringContaining('NumberedUser and UuidUser'),
    });
  });
});
