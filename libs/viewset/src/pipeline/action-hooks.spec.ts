import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type ActionCall,
  type ActionHook,
  ActionHookRegistry,
  type AroundAction,
  ConflictException,
  type HookedAction,
} from '@core-framework/common';
import { Injectable, SetMetadata } from '@nestjs/common';
import { Action } from '../decorators/action.decorator.js';
import { Input, Instance } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { InputSchema } from '../schemas/input-schema.js';
import { Document, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

const NOTED = 'noted';
/** Has the result of an action noted as a row. */
const Noted = (label: string) => SetMetadata(NOTED, label);

class TagInput extends InputSchema(Tag) {}

@ViewSet({ model: Tag, permissions: [AllowAny] })
class TagViewSet extends ModelViewSet<Tag, TagInput> {
  @Action({ method: 'POST' })
  @Noted('praised')
  praise(@Instance() tag: Tag, @Input() { label }: TagInput) {
    if (label === 'no') throw new ConflictException();
    return { of: tag.id, label };
  }

  @Action({ method: 'POST', transaction: false })
  loose() {
    return {};
  }

  @Action({ method: 'POST' })
  plain() {
    return {};
  }
}

/** Writes a row about what was returned, in the action's own transaction. */
@Injectable()
class NotingHook implements ActionHook {
  readonly order = 10;
  static readonly bound: HookedAction[] = [];
  static readonly calls: ActionCall[] = [];

  constructor(registry: ActionHookRegistry) {
    registry.register(this);
  }

  bind(action: HookedAction): AroundAction | undefined {
    NotingHook.bound.push(action);
    const method: unknown = Reflect.get(action.view.prototype as object, action.name);
    const label = Reflect.getMetadata(NOTED, method as object) as string | undefined;
    if (label === undefined) return undefined;
    return async (call, proceed) => {
      const result = await proceed();
      await Tag.objects.create({ label: `${label} ${(result as { of: number }).of}` });
      NotingHook.calls.push(call);
      if ((call.input as TagInput).label === 'refuse') throw new ConflictException('The note was refused.');
      return result;
    };
  }
}

/** Stands outside of the other, whichever was registered first. */
@Injectable()
class OuterHook implements ActionHook {
  readonly order = -10;
  static seen: string[] = [];

  constructor(registry: ActionHookRegistry) {
    registry.register(this);
  }

  bind({ name }: HookedAction): AroundAction | undefined {
    if (name !== 'praise') return undefined;
    return async (_call, proceed) => {
      const before = await Tag.objects.count();
      const result = (await proceed()) as object;
      OuterHook.seen.push(`${before} -> ${await Tag.objects.count()}`);
      return { ...result, outer: true };
    };
  }
}

describe('action hooks', () => {
  let shop: TestApp;
  let tag: Tag;
  const praise = (label: string) => shop.call('POST', `/tags/${tag.id}/praise`, { body: { label } });
  const labels = () => shop.work(async () => (await Tag.objects.all()).map(({ label }) => label));

  beforeAll(async () => {
    shop = await TestApp.start({ views: [TagViewSet], providers: [NotingHook, OuterHook], models: [Tag, Document] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      await Tag.objects.delete();
      tag = await Tag.objects.create({ label: 't' });
    }),
  );

  test('are asked once per action, and told whether it has a transaction', () => {
    const custom = NotingHook.bound.filter(({ name }) => ['praise', 'loose', 'list'].includes(name));
    expect(custom.map(({ name, verb, transaction }) => [name, verb, transaction])).toEqual([
      ['list', 'GET', false],
      ['praise', 'POST', true],
      ['loose', 'POST', false],
    ]);
  });

  test('write in the transaction of the action, and may change its result', async () => {
    expect((await praise('a')).body).toEqual({ of: tag.id, label: 'a', outer: true });
    expect(await labels()).toEqual(['t', `praised ${tag.id}`]);
    expect(NotingHook.calls.at(-1)).toMatchObject({
      action: { name: 'praise', view: TagViewSet },
      input: { label: 'a' },
      instance: { id: tag.id },
    });
    expect(OuterHook.seen.at(-1)).toBe('1 -> 2');
    expect((await shop.call('POST', '/tags/plain')).body).toEqual({});
  });

  test('roll the action back when they throw, and are rolled back with it', async () => {
    expect((await praise('refuse')).status).toBe(409);
    expect((await praise('no')).status).toBe(409);
    expect(await labels()).toEqual(['t']);
  });
});
