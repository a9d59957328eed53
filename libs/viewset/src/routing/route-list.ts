import { Injectable } from '@nestjs/common';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { RouteTable } from './route-table.js';

/** A route as people and tools want to see it. */
export interface RouteDescription {
  readonly verb: string;
  /** With prefix, parameters as `:id`. */
  readonly path: string;
  /** The method that answers, such as `PostViewSet.list`; absent for routes that are no view's. */
  readonly handler?: string;
  /** What guards it, in the words of the code, all of which must agree; absent for routes that are no view's. */
  readonly permissions?: readonly string[];
  /** Whether everybody may call it; absent for routes that are no view's. */
  readonly isOpen?: boolean;
}

/** Lists the routes of the application once it is initialised. */
@Injectable()
export class RouteList {
  constructor(
    private readonly table: RouteTable,
    private readonly views: ViewSetRegistry,
  ) {}

  /** All routes, by path and then by verb; HEAD and OPTIONS, which every path answers, are left out. */
  get all(): readonly RouteDescription[] {
    const actions = new Map(
      this.views.all.flatMap(({ view, pipelines }) =>
        pipelines.map(({ action }) => [action.id, { view: view.name, action }] as const),
      ),
    );
    return this.table.all
      .flatMap(({ pattern, verbs, routes }) =>
        [...verbs]
          .filter((verb) => verb !== 'HEAD' && verb !== 'OPTIONS')
          .map((verb): RouteDescription => {
            const known = actions.get(routes.get(verb) ?? '');
            if (!known) return { verb, path: pattern };
            const { name, authorization } = known.action;
            return {
              verb,
              path: pattern,
              handler: `${known.view}.${name}`,
              permissions: authorization.permissions.map(({ label }) => label),
              isOpen: authorization.isOpen,
            };
          }),
      )
      .sort((one, other) => one.path.localeCompare(other.path) || rank(one.verb) - rank(other.verb));
  }
}

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function rank(verb: string): number {
  return VERBS.includes(verb) ? VERBS.indexOf(verb) : VERBS.length;
}
