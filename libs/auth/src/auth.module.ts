import { AUTHENTICATOR, type Clock, CLOCK, CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { CoreOrmModule, getManagerToken, isModel } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  type FactoryProvider,
  Module,
} from '@nestjs/common';
import { AccountMails } from './accounts/account-mails.js';
import { AccountService } from './accounts/account.service.js';
import { AccountSteps } from './accounts/account-steps.js';
import { AuthHooks } from './accounts/auth-hooks.js';
import { PasswordRules } from './accounts/password-rules.js';
import { PasswordsService } from './accounts/passwords.service.js';
import { RegistrationService } from './accounts/registration.service.js';
import { SignInService } from './accounts/sign-in.service.js';
import { VerificationService } from './accounts/verification.service.js';
import { ConsoleMailSender } from './mail/console-mail-sender.js';
import { MailSender } from './mail/mail-sender.js';
import { PostOffice } from './mail/post-office.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from './throttling/credential-throttle.js';
import { usersViewFor } from './views/users.viewset.js';
import { authViewFor } from './views/auth-view.factory.js';
import { ApiKeyBackend } from './api-keys/api-key.backend.js';
import { ApiKey } from './api-keys/api-key.model.js';
import { ApiKeyViewSet } from './api-keys/api-key.viewset.js';
import { ApiKeys } from './api-keys/api-keys.service.js';
import {
  AUTH_OPTIONS,
  type AuthExtras,
  type AuthOptions,
  resolveAuthOptions,
  RESOLVED_AUTH_OPTIONS,
  type ResolvedAuthOptions,
  USER_MODEL,
  type UserModel,
} from './auth.options.js';
import { AUTH_BACKENDS, type AuthBackend } from './authentication/auth-backend.js';
import { AuthBackends } from './authentication/auth-backends.js';
import { JwtBackend } from './authentication/jwt.backend.js';
import { PasswordBackend } from './authentication/password.backend.js';
import { AuthOptionsError } from './errors/auth.errors.js';
import { AuthEvent } from './events/auth-event.model.js';
import { AuthEvents } from './events/auth-events.service.js';
import { Group } from './groups/group.model.js';
import { Permission } from './groups/permission.model.js';
import { hashProvider } from './hashing/hash.provider.js';
import { Hash } from './hashing/hash.service.js';
import { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { Sessions } from './sessions/sessions.service.js';
import { PermissionService } from './permissions/permission.service.js';
import { PERMISSION_PROVIDERS } from './permissions/permissions.providers.js';
import { CasbinRule, PolicyVersion } from './policies/casbin-rule.model.js';
import { PolicyEngine } from './policies/policy-engine.js';
import { Session } from './sessions/session.model.js';
import { DerivedKeys } from './tokens/derived-keys.js';
import { JwtTokenBackend } from './tokens/jwt-token.backend.js';
import { RefreshRotation } from './tokens/refresh-rotation.js';
import { RefreshToken } from './tokens/refresh-token.model.js';
import { TokenBackend } from './tokens/token-backend.js';
import { Tokens } from './tokens/tokens.service.js';
import { AccountServices } from './users/account-services.js';
import { AbstractBaseUser } from './users/abstract-user.js';
import { USERS } from './users/users.provider.js';

const MODELS = [Group, Permission, Session, RefreshToken, OneTimeToken, ApiKey, AuthEvent, CasbinRule, PolicyVersion];

const JWT_TOKENS: FactoryProvider<TokenBackend> = {
  provide: TokenBackend,
  inject: [DerivedKeys, RESOLVED_AUTH_OPTIONS, CLOCK],
  useFactory: (keys: DerivedKeys, { algorithm, tokenIssuer: issuer }: ResolvedAuthOptions, clock: Clock) =>
    new JwtTokenBackend({ keys, algorithm, issuer, clock }),
};

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuthOptions>({ optionsInjectionToken: AUTH_OPTIONS })
  .setClassMethodName('forRoot')
  .build();

/**
 * Accounts, sessions, tokens and permissions of the application, in tables of its database.
 *
 * @example
 * ```ts
 * @Module({ imports: [SettingsModule.forRoot(), CoreOrmModule.forRoot(), AuthModule.forRoot({ userModel: User })] })
 * ```
 */
@Module({
  imports: [CommonModule],
  providers: [
    {
      provide: RESOLVED_AUTH_OPTIONS,
      inject: [AUTH_OPTIONS, { token: CoreSettings, optional: true }],
      useFactory: resolveAuthOptions,
    },
    {
      provide: PasswordPolicy,
      inject: [Hash, RESOLVED_AUTH_OPTIONS],
      useFactory: (hash: Hash, { passwordMinLength }: ResolvedAuthOptions) =>
        new PasswordPolicy(hash, passwordMinLength),
    },
    {
      provide: DerivedKeys,
      inject: [RESOLVED_AUTH_OPTIONS],
      useFactory: ({ secretKey, secretKeyFallbacks }: ResolvedAuthOptions) =>
        new DerivedKeys([secretKey, ...secretKeyFallbacks]),
    },
    AccountServices,
    AuthEvents,
    Tokens,
    RefreshRotation,
    Sessions,
    JwtBackend,
    PasswordBackend,
    ApiKeys,
    ApiKeyBackend,
    AuthBackends,
    OneTimeTokens,
    PostOffice,
    CredentialThrottle,
    AccountSteps,
    PasswordRules,
    SignInService,
    RegistrationService,
    PasswordsService,
    VerificationService,
    AccountService,
    { provide: AUTHENTICATOR, useExisting: AuthBackends },
  ],
  exports: [
    RESOLVED_AUTH_OPTIONS,
    USER_MODEL,
    USERS,
    Hash,
    PasswordPolicy,
    DerivedKeys,
    Tokens,
    TokenBackend,
    Sessions,
    AuthEvents,
    AuthBackends,
    OneTimeTokens,
    CredentialThrottle,
    MailSender,
    AUTHENTICATOR,
    ApiKeys,
    PermissionService,
    PolicyEngine,
    SignInService,
    RegistrationService,
    PasswordsService,
    VerificationService,
    AccountService,
  ],
})
export class AuthModule {
  /** @throws AuthOptionsError when `userModel` is no model of users, a key is missing, or a rate is none. */
  static forRoot(options: AuthOptions & AuthExtras): DynamicModule {
    const { extras, rest } = split(options);
    return assemble(ConfigurableModuleClass.forRoot(rest), extras);
  }

  /** The user model and the classes are given beside the factory: they must be known before any options are. */
  static forRootAsync(options: ConfigurableModuleAsyncOptions<AuthOptions> & AuthExtras): DynamicModule {
    const { extras, rest } = split(options);
    return assemble(ConfigurableModuleClass.forRootAsync(rest), extras);
  }
}

const EXTRAS = [
  'userModel',
  'hashers',
  'backends',
  'tokenBackend',
  'mailSender',
  'mails',
  'hooks',
  'schemas',
  'authViewSet',
  'usersViewSet',
  'isGlobal',
] as const satisfies readonly (keyof AuthExtras)[];

function split<O extends AuthExtras>(options: O): { extras: AuthExtras; rest: Omit<O, keyof AuthExtras> } {
  const names: readonly string[] = EXTRAS;
  const of = (wanted: boolean) => Object.entries(options).filter(([name]) => names.includes(name) === wanted);
  return {
    extras: Object.fromEntries(of(true)) as unknown as AuthExtras,
    rest: Object.fromEntries(of(false)) as never,
  };
}

function assemble(options: DynamicModule, extras: AuthExtras): DynamicModule {
  const { userModel, hashers = [], backends = [], tokenBackend, schemas, authViewSet, isGlobal = true } = extras;
  const users = checkedModel(userModel);
  return {
    ...options,
    module: AuthModule,
    global: isGlobal,
    imports: [...(options.imports ?? []), CoreOrmModule.forFeature([users, ...MODELS]), ViewSetModule.forFeature([])],
    // Among the controllers of this module, so that it sees what the module provides.
    controllers: [
      ...(authViewSet === false ? [] : [authViewFor(users, schemas, authViewSet), ApiKeyViewSet]),
      ...(extras.usersViewSet ? [usersViewFor(users)] : []),
    ],
    providers: [
      ...(options.providers ?? []),
      { provide: USER_MODEL, useValue: users },
      { provide: USERS, useExisting: getManagerToken(users) },
      ...hashers,
      hashProvider(hashers),
      tokenBackend ? { provide: TokenBackend, useClass: tokenBackend } : JWT_TOKENS,
      { provide: MailSender, useClass: extras.mailSender ?? ConsoleMailSender },
      { provide: AccountMails, useClass: extras.mails ?? AccountMails },
      { provide: AuthHooks, useClass: extras.hooks ?? AuthHooks },
      ...backends,
      {
        provide: AUTH_BACKENDS,
        inject: [ApiKeyBackend, JwtBackend, PasswordBackend, ...backends],
        useFactory: (...all: AuthBackend[]) => Object.freeze(all),
      },
      ...PERMISSION_PROVIDERS,
    ],
  };
}

function checkedModel(model: unknown): UserModel {
  if (isModel(model) && model.prototype instanceof AbstractBaseUser) return model as UserModel;
  throw new AuthOptionsError(
    `The userModel of AuthModule is ${typeof model === 'function' ? model.name : typeof model}, which is no model of users.`,
    'Pass a class that extends AbstractUser and is decorated with @Model().',
  );
}
