import { ForbiddenException, NotFoundException } from '@core-framework/common';
import type { ActionContext } from '../pipeline/action-context.js';
import type { CallerIdentification } from '../pipeline/caller.js';
import { isLater, type NowOrLater } from '../pipeline/later.js';
import type { DynamicLookups } from '@core-framework/orm';
import { objectColumnsOf, objectLookupsOf } from './permission-operators.js';
import { Permission } from './permission.js';
import { AllowAny } from './standard.permissions.js';

/** Asks permissions in order and refuses with the first that does not agree. */
export class Authorization {
  readonly #onObjects: readonly Permission[];

  constructor(
    readonly permissions: readonly Permission[],
    private readonly caller: CallerIdentification,
    /** Whether refused objects are said not to exist. */
    private readonly hidesObjects = false,
  ) {
    this.#onObjects = permissions.filter(({ checksObjects }) => checksObjects);
  }

  /** Whether everybody may run the action, signed in or not. */
  get isOpen(): boolean {
    return this.permissions.every((permission) => permission instanceof AllowAny);
  }

  /** Whether any permission judges objects, so that one must be at hand. */
  get checksObjects(): boolean {
    return this.#onObjects.length > 0;
  }

  /** The columns that they judge objects by; `undefined` when one of them wants to see an instance. */
  get objectColumns(): readonly string[] | undefined {
    return objectColumnsOf(this.permissions);
  }

  /** Whether it may be told without objects at hand which ones the permissions agree to. */
  get tellsObjects(): boolean {
    return this.#onObjects.every(({ objectLookups }) => objectLookups !== Permission.prototype.objectLookups);
  }

  /** The objects that all permissions agree to in a request that they let pass; `undefined` when that cannot be told. */
  objectLookups(context: ActionContext): Promise<DynamicLookups | undefined> {
    return objectLookupsOf(this.#onObjects, context);
  }

  /**
   * A promise only when a permission has to wait for something.
   *
   * @throws UnauthorizedException for an anonymous caller who is refused, ForbiddenException for a known one.
   */
  check(context: ActionContext): NowOrLater<void> {
    return this.#checkFrom(0, context);
  }

  #checkFrom(start: number, context: ActionContext): NowOrLater<void> {
    for (let index = start; index < this.permissions.length; index++) {
      const permission = this.permissions[index] as Permission;
      const settle = (agrees: boolean) => {
        if (!agrees) throw this.#refusal(permission, context);
      };
      const answer = permission.hasPermission(context);
      if (isLater(answer)) return answer.then(settle).then(() => this.#checkFrom(index + 1, context));
      settle(answer);
    }
  }

  /** Does so for the object that the action works on; asks once per object. */
  async checkObject(context: ActionContext, object: object): Promise<void> {
    if (context.allowed === object) return;
    for (const permission of this.#onObjects) {
      const answer = permission.hasObjectPermission(context, object);
      if (isLater(answer) ? await answer : answer) continue;
      throw this.hidesObjects ? new NotFoundException() : this.#refusal(permission, context);
    }
    context.allowed = object;
  }

  /** The error of a refusal, `undefined` when there is none. */
  async refusalOf(context: ActionContext): Promise<Error | undefined> {
    try {
      await this.check(context);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #refusal({ message, code }: Permission, { principal }: ActionContext): Error {
    return principal.isAuthenticated ? new ForbiddenException(message, { code }) : this.caller.refusal();
  }
}
