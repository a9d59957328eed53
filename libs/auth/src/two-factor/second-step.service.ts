import { UnauthorizedException } from '@core-framework/common';
import { modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { refuse, Tokens } from '../tokens/tokens.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { TwoFactor } from './two-factor.service.js';

/** Seconds to type in a code. */
const CHALLENGE_SECONDS = 300;

/** A user who showed who he is. */
interface Identified {
  readonly user: AbstractBaseUser;
  /** How he did. */
  readonly methods: readonly string[];
}

/** Remembers between the two steps of a sign-in who passed the first one: by a token that is good for nothing else. */
@Injectable()
export class SecondStep {
  constructor(
    private readonly tokens: Tokens,
    private readonly twoFactor: TwoFactor,
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
  ) {}

  /** @throws UnauthorizedException with the code `mfa_required` and a token for the second step, when a user set up one. */
  async demand({ id, tokenVersion }: AbstractBaseUser, methods: readonly string[]): Promise<void> {
    if (!(await this.twoFactor.isEnabled(id))) return;
    const mfaToken = await this.tokens.createToken('mfa', id, CHALLENGE_SECONDS, { tv: tokenVersion, amr: methods });
    const message = 'Enter a code of your app, or a recovery code.';
    throw new UnauthorizedException(
      { message, mfaToken, expiresIn: CHALLENGE_SECONDS, methods: ['otp', 'recovery_code'] },
      { code: 'mfa_required', headers: { 'cache-control': 'no-store' } },
    );
  }

  /**
   * Who took both steps.
   *
   * @throws UnauthorizedException unless the token is one of {@link demand}, its user is still let in, and the code is right.
   */
  async take(mfaToken: string, code: string, request: FastifyRequest): Promise<Identified> {
    const { sub, tv, amr } = await this.tokens.verifyTokenOrThrow(mfaToken, 'mfa');
    const { name, scalarKind } = modelDefinition(this.users.model).primaryKey;
    const key = scalarKind === 'integer' ? Number(sub) : sub;
    const user = await this.users
      .where({ [name]: key })
      .using('primary')
      .getOrNull();
    if (!user?.isActive || user.tokenVersion !== tv || !Array.isArray(amr)) return refuse();
    const factor = await this.twoFactor.check(user.id, code, request);
    return { user, methods: [...amr.map(String), factor] };
  }
}
