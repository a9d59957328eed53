import type { Authenticator, Principal, RouteHandler } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthOptionsError, UnknownAuthBackendError } from '../errors/auth.errors.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { AUTH_BACKENDS, type AuthBackend, type Credentials } from './auth-backend.js';
import { handlerOf, namedBackends } from './use-auth.decorator.js';

const TOKENS = 'jwt';
const PASSWORDS = 'default';

/** The backends of the application, asked in their order; the first that knows the caller decides. */
@Injectable()
export class AuthBackends implements Authenticator {
  readonly challenge: string;
  /** The backends of each class and method that `@UseAuth` stands on, and of all others. */
  readonly #asked = new WeakMap<RouteHandler, readonly AuthBackend[]>();

  /** @throws AuthOptionsError when one has no name, or that of another. */
  constructor(@Inject(AUTH_BACKENDS) readonly all: readonly AuthBackend[]) {
    checkNames(all);
    const challenges = all.flatMap(({ challenge }) => challenge ?? []);
    this.challenge = challenges.join(', ') || 'Bearer';
  }

  get securitySchemes(): Readonly<Record<string, object>> {
    return Object.fromEntries(
      this.all.flatMap(({ name, securityScheme }) => (securityScheme ? [[name, securityScheme]] : [])),
    );
  }

  securitySchemesOf(handler: RouteHandler): readonly string[] | undefined {
    const named = namedBackends(handler);
    if (!named) return undefined;
    // Whoever signs in with a password gets a token to show.
    const counting = named.includes(TOKENS) ? [...named, PASSWORDS] : named;
    return this.all.flatMap(({ name, securityScheme }) => (securityScheme && counting.includes(name) ? [name] : []));
  }

  /** @throws UnknownAuthBackendError */
  get(name: string): AuthBackend {
    const backend = this.all.find((one) => one.name === name);
    if (backend) return backend;
    throw new UnknownAuthBackendError(
      name,
      this.all.map((one) => one.name),
    );
  }

  /**
   * Who sent a request; `null` when it carries no credentials that any backend knows. Of the backends that `@UseAuth` names on
   * what answers it, or of all.
   */
  async authenticate(request: FastifyRequest, handler = handlerOf(request)): Promise<Principal | null> {
    for (const backend of handler ? this.#backendsOf(handler) : this.all) {
      const principal = await backend.identify(request);
      if (principal) return principal;
    }
    return null;
  }

  /** The user whom credentials sign in, by the named backend or by the first that lets them in. */
  async signIn(credentials: Credentials, request: FastifyRequest, only?: string): Promise<AbstractBaseUser | null> {
    const asked = only === undefined ? this.all : this.all.filter(({ name }) => name === only);
    // A member that JSON names and leaves empty is one that was not given.
    const given = Object.fromEntries(Object.entries(credentials).filter(([, value]) => (value as unknown) !== null));
    for (const backend of asked) {
      const user = await backend.authenticate(given, request);
      if (user) return user.isActive ? user : null;
    }
    return null;
  }

  #backendsOf(handler: RouteHandler): readonly AuthBackend[] {
    let asked = this.#asked.get(handler);
    if (!asked) this.#asked.set(handler, (asked = namedBackends(handler)?.map((name) => this.get(name)) ?? this.all));
    return asked;
  }
}

function checkNames(backends: readonly AuthBackend[]): void {
  const known = new Set<string>();
  for (const backend of backends) {
    const { name } = backend;
    if (!name)
      throw new AuthOptionsError(`The backend ${backend.constructor.name} has no name.`, "Give it one: name = 'ldap'.");
    if (known.has(name))
      throw new AuthOptionsError(`Two backends are named "${name}".`, `Give ${backend.constructor.name} another name.`);
    known.add(name);
  }
}
