import {
  ANONYMOUS,
  AUTHENTICATOR,
  type Authenticator,
  type Principal,
  RequestContext,
  type RouteHandler,
  UnauthorizedException,
} from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { isLater } from './later.js';

/** Finds out who is calling, once per request, by the application's authenticator. */
@Injectable()
export class CallerIdentification {
  #authenticator?: Authenticator | null;

  constructor(private readonly modules: ModuleRef) {}

  /**
   * A promise only when the authenticator has to wait for something.
   *
   * @throws UnauthorizedException when the request carries wrong credentials.
   */
  identify(request: FastifyRequest): Principal | Promise<Principal> {
    const context = RequestContext.current();
    if (context?.principal) return context.principal;
    const known = (found: Principal | null | undefined) => {
      const principal = found ?? ANONYMOUS;
      if (context) context.principal = principal;
      return principal;
    };
    const found = this.#find()?.authenticate(request);
    return isLater(found) ? found.then(known) : known(found);
  }

  /** How callers are asked to show who they are: the value of `WWW-Authenticate`. */
  get challenge(): string {
    return this.#find()?.challenge ?? 'Bearer';
  }

  /** How callers show who they are, as OpenAPI describes it; absent when the authenticator does not tell. */
  get securitySchemes(): Authenticator['securitySchemes'] {
    return this.#find()?.securitySchemes;
  }

  /** Names of those that count for what answers a route; `undefined` for all. */
  securitySchemesOf(handler: RouteHandler): readonly string[] | undefined {
    return this.#find()?.securitySchemesOf?.(handler);
  }

  /** What an anonymous caller is told who may not do something. */
  refusal(): UnauthorizedException {
    return new UnauthorizedException(undefined, { headers: { 'www-authenticate': this.challenge } });
  }

  #find(): Authenticator | null {
    // Looked for across all modules, because whoever provides it need not know of ViewSets.
    if (this.#authenticator === undefined) {
      this.#authenticator = optional(() => this.modules.get<Authenticator>(AUTHENTICATOR, { strict: false }));
    }
    return this.#authenticator;
  }
}

function optional<T>(find: () => T): T | null {
  try {
    return find();
  } catch {
    return null;
  }
}
