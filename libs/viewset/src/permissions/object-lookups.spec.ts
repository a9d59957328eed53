import { expect, test } from '@jest/globals';
import { ANONYMOUS } from '@core-framework/common';
import { BaseModel, Field, Model, modelDefinition, type Ref } from '@core-framework/orm';
import type { ActionContext } from '../pipeline/action-context.js';
import { IsOwner, HasPermission } from './parameterised.permissions.js';
import { Permission } from './permission.js';
import { CompoundPermission, and, not, objectLookupsOf, or } from './permission-operators.js';
import { AllowAny, IsStaff } from './standard.permissions.js';

@Model()
class Owned extends BaseModel {
  @Field.integer() number!: number;
  @Field.uuid() reference!: string;
  @Field.string() name!: string;
  @Field.bigInteger() big!: bigint;
  @Field.decimal() amount!: string;
  @Field.foreignKey(() => Owned) parent!: Ref<Owned>;
}

const subject = { view: 'OwnedViewSet', model: modelDefinition(Owned) };
const UUID = '0b0e7f9e-6f3b-4c55-9d3f-0d3c1a5b8a11';

function bound(entry: Permission): Permission {
  if (!(entry instanceof CompoundPermission)) return entry.bindTo(subject);
  return entry.bind(
    entry.operands.map((operand) => bound(typeof operand === 'function' ? Reflect.construct(operand, []) : operand)),
  );
}

/** What is looked for when someone calls. */
function lookups(permission: Permission, id: unknown, traits: { readonly isStaff?: boolean } = {}) {
  const principal = { ...ANONYMOUS, isAuthenticated: true, isActive: true, id, ...traits };
  return objectLookupsOf([bound(permission)], { principal } as unknown as ActionContext);
}

test.each([
  ['number', 7, 7],
  ['number', '7', 7],
  ['number', -3, -3],
  ['parent', 7, 7],
  ['reference', UUID, UUID],
  ['name', 'ann', 'ann'],
])('the owner in %s who is called %p is looked for as %p', async (field, id, key) => {
  expect(await lookups(IsOwner(field), id)).toEqual({ [field]: key });
});

// Where the database would compare in another way than the permission does, or could not compare at all.
test.each([
  ['number', '07'],
  ['number', '7.0'],
  ['number', 1.5],
  ['number', 2 ** 31],
  ['number', ''],
  ['number', null],
  ['number', undefined],
  ['number', 'ann'],
  ['number', true],
  ['number', {}],
  ['reference', UUID.toUpperCase()],
  ['reference', '7'],
  ['name', 7],
  ['name', 'a\0'],
  ['name', '\ud800'],
  ['big', 7],
  ['amount', '1.00'],
])('the owner in %s who is called %p is judged with the object at hand', async (field, id) => {
  expect(await lookups(IsOwner(field), id)).toBeUndefined();
});

test('several permissions are looked for together, of alternatives the first that speaks for the caller', async () => {
  const staff = { isStaff: true };
  const both = and(IsOwner('number'), IsOwner('parent'));
  expect(await lookups(both, 7)).toEqual({ number: 7, parent: 7 });
  expect(await lookups(and(IsOwner('number'), IsOwner('name')), 7)).toBeUndefined();
  expect(await lookups(and(IsOwner('number'), IsOwner('number')), 7)).toBeUndefined();
  expect(await lookups(or(IsStaff, IsOwner('number')), 7)).toEqual({ number: 7 });
  expect(await lookups(or(IsStaff, IsOwner('number')), 7, staff)).toEqual({});
  expect(await lookups(or(IsOwner('number'), HasPermission('x')), 7)).toEqual({ number: 7 });
  expect(await lookups(or(IsOwner('name'), IsOwner('number')), 7)).toEqual({ number: 7 });
  expect(await lookups(AllowAny.prototype, 7)).toEqual({});
});

test('nothing is looked for where a permission is negated, or only judges objects', async () => {
  class SeesObjects extends Permission {
    override hasObjectPermission() {
      return true;
    }
  }
  expect(await lookups(not(IsOwner('number')), 7)).toBeUndefined();
  expect(await lookups(new SeesObjects(), 7)).toBeUndefined();
  expect(await lookups(or(new SeesObjects(), IsOwner('number')), 7)).toEqual({ number: 7 });
});
