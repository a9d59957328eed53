import { Injectable } from '@nestjs/common';
import type { ActionHook, AroundAction, HookedAction } from '../actions/action-hook.js';

/** Where packages announce that they take part in actions; views ask it when the application starts. */
@Injectable()
export class ActionHookRegistry {
  readonly #hooks: ActionHook[] = [];

  /** To be called before `onApplicationBootstrap`, best in a constructor or in `onModuleInit`. */
  register(hook: ActionHook): void {
    this.#hooks.push(hook);
  }

  /** All that wants to run around an action as one; `undefined` when nothing does. */
  bind(action: HookedAction): AroundAction | undefined {
    return this.#hooks
      .toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0))
      .flatMap((hook) => hook.bind(action) ?? [])
      .reduceRight<AroundAction | undefined>((inner, outer) => (inner ? nested(outer, inner) : outer), undefined);
  }
}

function nested(outer: AroundAction, inner: AroundAction): AroundAction {
  return (call, proceed) => outer(call, () => inner(call, proceed));
}
