import type { Principal } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';
import type { AbstractBaseUser } from '../users/abstract-user.js';

/** What somebody shows to sign in: `email` and `password`, or whatever a backend of the application asks for. */
export type Credentials = Readonly<Record<string, string | undefined>>;

/**
 * A way in. One that signs people in overrides {@link authenticate}, one whose credentials come with every request
 * {@link identify}. Name your own in `AuthModule.forRoot({ backends: [LdapBackend] })`; they are created by Nest and asked
 * in their order after those that are built in.
 *
 * @example
 * ```ts
 * @Injectable()
 * class LdapBackend extends AuthBackend {
 *   readonly name = 'ldap';
 *   override async authenticate({ username, password }: Credentials) { … return user or null; }
 * }
 * ```
 */
export abstract class AuthBackend {
  /** What `{ "backend": "ldap" }` at sign-in, and `@UseAuth('ldap')`, call it. */
  abstract readonly name: string;
  /** Value of `WWW-Authenticate` by which it asks for its credentials; absent when there is none. */
  readonly challenge?: string;
  /** How the API documentation describes its credentials, under its name. @defaultValue not at all */
  readonly securityScheme?: Readonly<Record<string, unknown>>;

  /**
   * The user whom these credentials sign in, `null` when they are not good or not of this kind: then the next backend
   * is asked. Whether the user is active is asked afterwards, for all alike.
   *
   * @throws AuthenticationStop when no other backend is to be asked.
   */
  async authenticate(_credentials: Credentials, _request: FastifyRequest): Promise<AbstractBaseUser | null> {
    return null;
  }

  /**
   * Who sent a request, `null` when it carries no credentials of this kind: then the next backend is asked.
   *
   * @throws UnauthorizedException when it carries some that are wrong; no other backend is asked.
   */
  async identify(_request: FastifyRequest): Promise<Principal | null> {
    return null;
  }
}

/** Token of the backends of the application, in the order in which they are asked. */
export const AUTH_BACKENDS = Symbol.for('@core-framework/auth:backends');
