import { ContextKey, RequestContext } from '@core-framework/common';
import type { Grants } from './grants.js';

const READ = new ContextKey<Map<string, Promise<Grants>>>('auth: grants');

/** What the unit of work in hand has read of users' grants, by user; `undefined` outside of any. */
export function knownGrants(): Map<string, Promise<Grants>> | undefined {
  const context = RequestContext.current();
  if (!context) return undefined;
  let known = context.get(READ);
  if (!known) context.set(READ, (known = new Map()));
  return known;
}

/** Has grants read again within the unit of work that changed them. */
export function forgetGrants(): void {
  RequestContext.current()?.delete(READ);
}
