import { randomUUID } from 'node:crypto';
import { RequestContext, UnauthorizedException } from '@core-framework/common';
import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AuthGuard, type IAuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import passportJwt from 'passport-jwt';
import { JwtBackend } from '../authentication/jwt.backend.js';
import type { UserPrincipal } from '../authentication/user-principal.js';

/**
 * The JWT strategy for Passport. It takes the token from `Authorization: Bearer` as passport-jwt does, and has it verified by the
 * application's `TokenBackend`, its session and its user: what passport-jwt would verify with lets in much that must not be.
 */
@Injectable()
export class PassportJwtStrategy extends passportJwt.Strategy implements OnModuleDestroy {
  /** Passport keeps strategies for the whole process, so each application has a name of its own. */
  override readonly name: string = `jwt-${randomUUID()}`;
  // Not a private member of the language: Passport calls copies that only have this object as their prototype.
  private readonly tokenOf = passportJwt.ExtractJwt.fromAuthHeaderAsBearerToken();

  constructor(@Inject(JwtBackend) private readonly backend: JwtBackend) {
    super(
      {
        jwtFromRequest: passportJwt.ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: (_request, _token, done) => done(new Error('Tokens are verified by the TokenBackend.')),
      },
      (_payload, done) => done(null, false),
    );
    passport.use(this.name, this);
  }

  override authenticate(request: Parameters<passportJwt.Strategy['authenticate']>[0]): void {
    const token = this.tokenOf(request);
    if (token === null) return this.fail('Bearer', 401);
    this.backend.identifyToken(token).then(
      (principal) => this.success(principal),
      (error: Error) => (error instanceof UnauthorizedException ? this.fail(error.message, 401) : this.error(error)),
    );
  }

  onModuleDestroy(): void {
    passport.unuse(this.name);
  }
}

/** Lets only callers with a good access token in, by Passport: `@UseGuards(JwtAuthGuard)`. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  readonly #guard: IAuthGuard;

  constructor(@Inject(PassportJwtStrategy) { name }: PassportJwtStrategy) {
    this.#guard = new (AuthGuard(name))();
  }

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const isLetIn = (await this.#guard.canActivate(execution)) as boolean;
    const { user } = execution.switchToHttp().getRequest<FastifyRequest & { user?: UserPrincipal }>();
    const context = RequestContext.current();
    if (context && user) context.principal = user;
    return isLetIn;
  }
}

/** Gives an application with `AuthModule` the {@link JwtAuthGuard}. Needs `@nestjs/passport`, `passport` and `passport-jwt`. */
@Module({ providers: [PassportJwtStrategy, JwtAuthGuard], exports: [PassportJwtStrategy, JwtAuthGuard] })
export class PassportJwtModule {}
