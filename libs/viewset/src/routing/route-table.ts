import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf, withoutOrigin } from './request-path.js';
import { VIEWSET_ROUTE } from './route-key.js';

/** A path of the application, as it was registered, with the verbs that it answers. */
export interface KnownPath {
  /** In Fastify's notation, prefix included: `/api/v1/posts/:id`. */
  readonly pattern: string;
  readonly segments: readonly string[];
  readonly verbs: Set<string>;
  /** The routes of views on this path, by verb. */
  readonly routes: Map<string, string>;
}

/**
 * The paths of all routes as Fastify got them, prefixes and versions included. It answers what a router that looks
 * at one verb at a time cannot: which other verbs a path knows.
 */
@Injectable()
export class RouteTable {
  readonly #paths = new Map<string, KnownPath>();
  readonly #fixedRivals = new Map<string, readonly KnownPath[]>();

  constructor(host: HttpAdapterHost) {
    const adapter = host.httpAdapter;
    if (adapter?.getType() !== 'fastify') return;
    // Modules are constructed before routes are registered.
    adapter.getInstance<FastifyInstance>().addHook('onRoute', ({ method, url, config }) => {
      const id = (config as Record<string, unknown> | undefined)?.[VIEWSET_ROUTE];
      for (const verb of Array.isArray(method) ? method : [method]) this.#add(verb, url, id);
    });
  }

  /** The path that a URL is on, the most specific one when several fit; `undefined` when no view has a route there. */
  find(url: string): KnownPath | undefined {
    const segments = segmentsOf(pathOf(url));
    const fitting = [...this.#paths.values()].filter((path) => path.routes.size > 0 && fits(path, segments));
    return fitting.reduce<KnownPath | undefined>(
      (best, path) => (best && !isMoreSpecific(path, best) ? best : path),
      undefined,
    );
  }

  /** All paths, in the order of their registration. */
  get all(): readonly KnownPath[] {
    return [...this.#paths.values()];
  }

  /** Whether the application has a route on a path as it was registered. */
  has(pattern: string): boolean {
    return this.#paths.has(pattern);
  }

  /** The path of a view's route. */
  pathOf(id: string): KnownPath | undefined {
    return [...this.#paths.values()].find(({ routes }) => [...routes.values()].includes(id));
  }

  /**
   * The verbs of a more specific path that a request is really on, when that path does not know its verb: `PUT
   * /posts/featured` reaches the route of `PUT /posts/:id` although `featured` names a list action.
   */
  shadowing(request: FastifyRequest): readonly string[] | undefined {
    const pattern = request.routeOptions.url ?? '';
    const rivals = this.#rivalsOf(pattern);
    if (!rivals.length) return undefined;
    const segments = segmentsOf(pathOf(request.url));
    const rival = rivals.find((path) => fits(path, segments));
    return rival && allowed(rival);
  }

  /** Paths of the same length that have a fixed text where this one has a parameter. */
  #rivalsOf(pattern: string): readonly KnownPath[] {
    let rivals = this.#fixedRivals.get(pattern);
    const own = this.#paths.get(pattern);
    if (!rivals) {
      rivals = own
        ? [...this.#paths.values()].filter((path) => path !== own && path.routes.size > 0 && isMoreSpecific(path, own))
        : [];
      this.#fixedRivals.set(pattern, rivals);
    }
    return rivals;
  }

  #add(verb: string, url: string, id: unknown): void {
    const pattern = url.length > 1 ? url.replace(/(?<!\/)\/+$/, '') : url;
    let path = this.#paths.get(pattern);
    if (!path)
      this.#paths.set(
        pattern,
        (path = { pattern, segments: segmentsOf(pattern), verbs: new Set(), routes: new Map() }),
      );
    path.verbs.add(verb);
    if (typeof id === 'string' && verb !== 'HEAD') path.routes.set(verb, id);
  }
}

/** What `Allow` says of a path. */
export function allowed({ verbs }: KnownPath): readonly string[] {
  const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return [...order.filter((verb) => verbs.has(verb)), 'OPTIONS'];
}

/** The values of a path's parameters in a URL that is on it. */
export function parametersOf({ segments }: KnownPath, url: string): Readonly<Record<string, string>> {
  const [path = ''] = withoutOrigin(url).split(/[?#;]/, 1);
  const actual = segmentsOf(path);
  const named = segments.flatMap((segment, index) =>
    isParameter(segment) ? [[segment.slice(1), decodeURIComponent(actual[index] ?? '')] as const] : [],
  );
  return Object.fromEntries(named);
}

/** One slash at the end is no part of the path; doubled ones are, and no route has them. */
function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\/|\/$/g, '').split('/');
}

function fits({ segments }: KnownPath, actual: readonly string[]): boolean {
  return (
    segments.length === actual.length &&
    segments.every((segment, index) => (isParameter(segment) ? actual[index] !== '' : segment === actual[index]))
  );
}

/** Whether every request to `path` fits `other` too, but not the other way round. */
function isMoreSpecific(path: KnownPath, other: KnownPath): boolean {
  if (path.segments.length !== other.segments.length) return false;
  return (
    path.segments.every((segment, index) => segment === other.segments[index] || isParameter(other.segments[index])) &&
    path.segments.some((segment, index) => !isParameter(segment) && isParameter(other.segments[index]))
  );
}

function isParameter(segment = ''): boolean {
  return segment.startsWith(':');
}
