import { type Clock, CLOCK, type Principal } from '@core-framework/common';
import { modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SessionStandings } from '../sessions/session-standings.js';
import type { TokenPayload } from '../tokens/token-backend.js';
import { refuse, Tokens } from '../tokens/tokens.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthBackend } from './auth-backend.js';
import { bearerTokenOf } from './bearer-token.js';
import { type Proof, UserPrincipal, type UserStanding } from './user-principal.js';

const FLAGS = ['isActive', 'isStaff', 'isSuperuser', 'isVerified', 'tokenVersion'] as const;

/** Knows callers by `Authorization: Bearer`, and asks their session and their account at each request: one query. */
@Injectable()
export class JwtBackend extends AuthBackend {
  readonly name = 'jwt';
  override readonly challenge = 'Bearer';
  override readonly securityScheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };

  constructor(
    private readonly tokens: Tokens,
    private readonly sessions: SessionStandings,
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  override async identify(request: FastifyRequest): Promise<Principal | null> {
    const token = bearerTokenOf(request);
    return token === undefined ? null : this.identifyToken(token);
  }

  /** The user of an access token, which `backend` found. @throws UnauthorizedException unless it, its session and its user are in force. */
  async identifyToken(token: string, backend: string = this.name): Promise<UserPrincipal> {
    const payload = (await this.tokens.verifyToken(token, 'access')) ?? refuse();
    return payload.sid === undefined ? this.#byUser(payload, backend) : this.#bySession(payload, payload.sid, backend);
  }

  async #bySession(payload: TokenPayload, sid: string, backend: string): Promise<UserPrincipal> {
    const standing = (await this.sessions.of(sid)) ?? refuse();
    const { user: id, revokedAt, idleExpiresAt, absoluteExpiresAt, authenticatedAt } = standing;
    const now = this.clock.now();
    if (revokedAt !== null || idleExpiresAt <= now || absoluteExpiresAt <= now || String(id) !== payload.sub) refuse();
    const row = {
      id,
      isActive: standing.user__isActive,
      isStaff: standing.user__isStaff,
      isSuperuser: standing.user__isSuperuser,
      isVerified: standing.user__isVerified,
      tokenVersion: standing.user__tokenVersion,
    };
    return this.#principal(row, payload, { backend, sessionId: sid, authenticatedAt });
  }

  async #byUser(payload: TokenPayload, backend: string): Promise<UserPrincipal> {
    const { name, scalarKind } = modelDefinition(this.users.model).primaryKey;
    const id = scalarKind === 'integer' ? Number(payload.sub) : payload.sub;
    if (Number.isNaN(id)) refuse();
    const [row] = await this.users
      .where({ [name]: id })
      .using('primary')
      .rows({ columns: FLAGS });
    return row ? this.#principal({ ...row, id }, payload, { backend }) : refuse();
  }

  #principal(row: Readonly<Record<string, unknown>>, { tv, scope }: TokenPayload, proof: Proof): UserPrincipal {
    if (row.isActive !== true || tv !== row.tokenVersion) refuse();
    const scopes = scope?.split(' ').filter((codename) => codename !== '');
    return new UserPrincipal(row as unknown as UserStanding, { ...proof, scopes }, this.users);
  }
}
