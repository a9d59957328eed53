import type { FastifyRequest } from 'fastify';
import type { Principal } from '../principal/principal.js';

/** An action of a view, as those who want to stand around it see it at start-up. */
export interface HookedAction {
  /** The class; its metadata and that of its method say who wants to know of it. */
  readonly view: abstract new (...args: never[]) => object;
  /** Name of the action and of the method that runs it. */
  readonly name: string;
  readonly verb: string;
  /** Whether it runs in one transaction. */
  readonly transaction: boolean;
}

/** One run of an action, found, allowed and checked. */
export interface ActionCall {
  readonly action: HookedAction;
  readonly request: FastifyRequest;
  readonly principal: Principal;
  /** The validated body; absent in an action that accepts none. */
  readonly input?: unknown;
  /** The object that the path names; absent in an action that works on none. */
  readonly instance?: unknown;
}

/**
 * Runs around one action. `proceed` runs the action, and the hooks inside of this one, and resolves with the result;
 * what this resolves with is the result from here on. An error rolls the action's transaction back.
 */
export type AroundAction = (call: ActionCall, proceed: () => Promise<unknown>) => Promise<unknown>;

/**
 * Lets a package take part in the actions of views: it runs inside the action's transaction and sees the result, so
 * that what it writes is kept if and only if the action is.
 */
export interface ActionHook {
  /** Hooks with a lower number stand outside of those with a higher one. @defaultValue 0 */
  readonly order?: number;
  /**
   * Asked once per action, when the application starts; answers what to run around it, or `undefined` to stay away.
   * Whatever it throws keeps the application from starting.
   */
  bind(action: HookedAction): AroundAction | undefined;
}
