import type { TestApp } from '../app/test-app.js';
import { RouteInventoryError } from '../errors/testing.errors.js';
import { addressOf } from './sample-address.js';

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** What nobody in particular is answered who asks for one verb of one path. */
export interface InventoryEntry {
  /** `GET /api/v1/posts/:id` */
  readonly route: string;
  readonly status: number;
  /** Whether the route lets callers in who do not say who they are. */
  readonly isOpen: boolean;
}

/** Options of {@link assertRouteInventory}. */
export interface RouteInventoryOptions {
  /** Every pair that is meant to be open, as `GET /api/v1/posts/:id`; a path alone stands for all its verbs. */
  readonly open: readonly string[];
  /** What to call instead of a path's parameters. @defaultValue `{ id: '1' }`, and `x` for others */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * Asks for every verb of every path without any credentials. Verbs without a route are asked for, too: what is answered to them
 * must not depend on the path being known.
 */
export async function routeInventory(
  app: TestApp,
  params: RouteInventoryOptions['params'] = {},
): Promise<readonly InventoryEntry[]> {
  const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  const entries: InventoryEntry[] = [];
  for (const path of new Set(app.routes.map((route) => route.path))) {
    for (const verb of VERBS) {
      const body = verb === 'GET' || verb === 'DELETE' ? undefined : {};
      const { status } = await app.client.request(verb, addressOf(path, params), { body });
      const route = `${verb} ${path}`;
      entries.push({ route, status, isOpen: routes.has(route) ? status !== 401 : status < 400 || status >= 500 });
    }
  }
  return entries;
}

/**
 * Checks that exactly the listed routes let in callers without credentials, whatever was added since.
 *
 * @throws RouteInventoryError, which lists what is open and must not be, and what is listed and closed or not there.
 *
 * @example
 * await assertRouteInventory(app, { open: ['GET /api/v1/posts', 'GET /api/v1/posts/:id', 'POST /api/v1/auth/login'] });
 */
export async function assertRouteInventory(app: TestApp, { open, params }: RouteInventoryOptions): Promise<void> {
  const found = (await routeInventory(app, params)).filter(({ isOpen }) => isOpen).map(({ route }) => route);
  const isListed = (route: string) => open.includes(route) || open.includes(route.slice(route.indexOf(' ') + 1));
  const surprising = found.filter((route) => !isListed(route));
  const missing = open.filter((entry) => !found.some((route) => route === entry || route.endsWith(` ${entry}`)));
  if (surprising.length > 0 || missing.length > 0) throw new RouteInventoryError(surprising, missing);
}
