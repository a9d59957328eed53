import { type Clock, CLOCK, type Principal } from '@core-framework/common';
import { InjectManager, type Manager, modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Session } from '../sessions/session.model.js';
import type { TokenPayload } from '../tokens/token-backend.js';
import { refuse, Tokens } from '../tokens/tokens.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthBackend } from './auth-backend.js';
import { bearerTokenOf } from './bearer-token.js';
import { type Proof, UserPrincipal, type UserStanding } from './user-principal.js';

const FLAGS = ['isActive', 'isStaff', 'isSuperuser', 'isVerified', 'tokenVersion'] as const;
const OF_SESSION = [
  'user',
  'revokedAt',
  'idleExpiresAt',
  'absoluteExpiresAt',
  'authenticatedAt',
  ...FLAGS.map((flag) => `user__${flag}`),
];

interface SessionRow {
  readonly user: number | string;
  readonly revokedAt: Date | null;
  readonly idleExpiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly authenticatedAt: Date;
}

/** Knows callers by `Authorization: Bearer`, and asks their session and their account at each request: one query. */
@Injectable()
export class JwtBackend extends AuthBackend {
  readonly name = 'jwt';
  override readonly challenge = 'Bearer';
  override readonly securityScheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };

  constructor(
    private readonly tokens: Tokens,
    @InjectManager(Session) private readonly sessions: Manager<Session>,
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
    // A replica may not know yet that the session was ended.
    const [row] = await this.sessions.where({ id: sid }).using('primary').rows({ columns: OF_SESSION });
    if (!row) return refuse();
    const { user: id, revokedAt, idleExpiresAt, absoluteExpiresAt, authenticatedAt } = row as unknown as SessionRow;
    const now = this.clock.now();
    if (revokedAt !== null || idleExpiresAt <= now || absoluteExpiresAt <= now || String(id) !== payload.sub) refuse();
    const flags = Object.fromEntries(FLAGS.map((flag) => [flag, row[`user__${flag}`]]));
    return this.#principal({ ...flags, id }, payload, { backend, sessionId: sid, authenticatedAt });
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
