import type { FastifyRequest } from 'fastify';
import { Injectable } from '@nestjs/common';
import { type Authenticator, type Principal, UnauthorizedException } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { User } from '../users/user.model.js';

/** The password of every seeded account while the application runs outside production. */
export const DEVELOPMENT_PASSWORD = 'development';

/**
 * Lets seeded users in by HTTP Basic with {@link DEVELOPMENT_PASSWORD}, so that the sample can be tried with curl.
 * The blog provides it outside production only.
 */
@Injectable()
export class DevelopmentAuthenticator implements Authenticator {
  readonly challenge = 'Basic realm="blog", charset="UTF-8"';

  constructor(@InjectManager(User) private readonly users: Manager<User>) {}

  async authenticate(request: FastifyRequest): Promise<Principal | null> {
    const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'basic') return null;
    const [email = '', ...password] = Buffer.from(encoded ?? '', 'base64')
      .toString('utf8')
      .split(':');
    const user = await this.users.where({ email: email.replaceAll('\0', '') }).first();
    if (!user?.isActive || password.join(':') !== DEVELOPMENT_PASSWORD) throw this.#refusal();
    return principalOf(user);
  }

  #refusal(): UnauthorizedException {
    return new UnauthorizedException('Wrong e-mail or password.', {
      code: 'authentication_failed',
      headers: { 'www-authenticate': this.challenge },
    });
  }
}

function principalOf({ id, isActive, isStaff, isSuperuser }: User): Principal {
  return {
    id,
    isAuthenticated: true,
    isActive,
    isStaff,
    isSuperuser,
    hasPermission: () => isSuperuser,
    inGroup: () => false,
  };
}
