import { AUTHENTICATOR, type Clock, CLOCK, CommonModule, PRINCIPAL_SOURCE } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { CoreOrmModule, getManagerToken } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  type FactoryProvider,
  Module,
} from '@nestjs/common';
import { AccountMails } from './accounts/account-mails.js';
import { EmailChangeService } from './accounts/email-change.service.js';
import { AccountService } from './accounts/account.service.js';
import { AccountSteps } from './accounts/account-steps.js';
import { AuthHooks } from './accounts/auth-hooks.js';
import { PasswordRules } from './accounts/password-rules.js';
import { PasswordsService } from './accounts/passwords.service.js';
import { RegistrationService } from './accounts/registration.service.js';
import { SignInService } from './accounts/sign-in.service.js';
import { VerificationService } from './accounts/verification.service.js';
import { WaysIn } from './accounts/ways-in.js';
import { CookieBackend } from './cookies/cookie.backend.js';
import { CookieIdTokenViewSet } from './cookies/cookie-id-token.viewset.js';
import { COOKIE_PROVIDERS } from './cookies/cookies.providers.js';
import { ConsoleMailSender } from './mail/console-mail-sender.js';
import { MailSender } from './mail/mail-sender.js';
import { PostOffice } from './mail/post-office.js';
import { OneTimeTokens } from './one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from './throttling/credential-throttle.js';
import { usersViewFor } from './views/users.viewset.js';
import { AccountSecurityViewSet } from './views/account-security.viewset.js';
import { accountBodyLimit, authViewFor, cookieViewFor, ownAccountViewFor } from './views/auth-view.factory.js';
import { AuthChecks } from './checks/auth-checks.js';
import { checkClasses } from './checks/option-classes.js';
import { RegisteredClients } from './clients/registered-clients.js';
import { JwksRoute } from './tokens/jwks.route.js';
import { TokenStatusService } from './tokens/token-status.service.js';
import { TokenViewSet } from './views/token.viewset.js';
import { ApiKeyBackend } from './api-keys/api-key.backend.js';
import { ApiKey } from './api-keys/api-key.model.js';
import { ApiKeyViewSet } from './api-keys/api-key.viewset.js';
import { ApiKeys } from './api-keys/api-keys.service.js';
import {
  AUTH_EXTRAS,
  AUTH_OPTIONS,
  type AuthExtras,
  type AuthOptions,
  resolveAuthOptions,
  RESOLVED_AUTH_OPTIONS,
  type ResolvedAuthOptions,
  USER_MODEL,
} from './auth.options.js';
import { AUTH_BACKENDS, type AuthBackend } from './authentication/auth-backend.js';
import { AuthBackends } from './authentication/auth-backends.js';
import { JwtBackend } from './authentication/jwt.backend.js';
import { AuthenticatedGuard } from './authentication/authenticated.guard.js';
import { UseAuthCheck } from './authentication/use-auth.check.js';
import { UserPrincipalSource } from './authentication/user-principal.source.js';
import { PasswordBackend } from './authentication/password.backend.js';
import { AccountEventPublisher } from './events/account-event-publisher.js';
import { AuthEvent } from './events/auth-event.model.js';
import { AuthEvents } from './events/auth-events.service.js';
import { Group } from './groups/group.model.js';
import { Permission } from './groups/permission.model.js';
import { hashProvider } from './hashing/hash.provider.js';
import { Hash } from './hashing/hash.service.js';
import { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { ResourceServerModule } from './resource-server/resource-server.module.js';
import type { ResourceServerExtras, ResourceServerOptions } from './resource-server/resource-server.options.js';
import { AccessClaims } from './tokens/access-claims.js';
import { SessionStandings } from './sessions/session-standings.js';
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
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenBackend } from './tokens/token-backend.js';
import { Tokens } from './tokens/tokens.service.js';
import { OAuthAccount } from './oauth/oauth-account.model.js';
import { OAuthAccounts } from './oauth/oauth-accounts.service.js';
import { OAuthClients } from './oauth/oauth-clients.js';
import { OAuthCodes } from './oauth/oauth-codes.service.js';
import { OAuthFlowCookies } from './oauth/oauth-flow.js';
import { OAuthIdTokenViewSet } from './oauth/oauth-id-token.viewset.js';
import { OAuthIdTokens } from './oauth/oauth-id-tokens.service.js';
import { OAuthSignIn } from './oauth/oauth-sign-in.service.js';
import { OAuthViewSet } from './oauth/oauth.viewset.js';
import { SecretBox } from './secrets/secret-box.js';
import { MfaFactor } from './two-factor/mfa-factor.model.js';
import { RecoveryCode } from './two-factor/recovery-code.model.js';
import { RecoveryCodes } from './two-factor/recovery-codes.service.js';
import { SecondStep } from './two-factor/second-step.service.js';
import { TotpFactors } from './two-factor/totp-factors.js';
import { TwoFactor } from './two-factor/two-factor.service.js';
import { TwoFactorViewSet } from './two-factor/two-factor.viewset.js';
import { AccountServices } from './users/account-services.js';
import { checkedUserModel } from './users/checked-user-model.js';
import { USERS } from './users/users.provider.js';

const MODELS = [
  Group,
  Permission,
  Session,
  RefreshToken,
  OneTimeToken,
  ApiKey,
  MfaFactor,
  RecoveryCode,
  OAuthAccount,
  AuthEvent,
  CasbinRule,
  PolicyVersion,
];

const JWT_TOKENS: FactoryProvider<TokenBackend> = {
  provide: TokenBackend,
  inject: [DerivedKeys, RESOLVED_AUTH_OPTIONS, CLOCK],
  useFactory: createTokenBackend,
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
    {
      provide: SecretBox,
      inject: [RESOLVED_AUTH_OPTIONS],
      useFactory: ({ encryptionKey, secretKey, secretKeyFallbacks }: ResolvedAuthOptions) =>
        new SecretBox(new DerivedKeys([encryptionKey, secretKey, ...secretKeyFallbacks])),
    },
    {
      provide: OAuthFlowCookies,
      inject: [SecretBox, CLOCK, RESOLVED_AUTH_OPTIONS],
      useFactory: (box: SecretBox, clock: Clock, { oauthApiUrl }: ResolvedAuthOptions) =>
        new OAuthFlowCookies(box, clock, oauthApiUrl.startsWith('https:')),
    },
    AuthChecks,
    OAuthClients,
    OAuthAccounts,
    OAuthCodes,
    OAuthIdTokens,
    OAuthSignIn,
    RecoveryCodes,
    TotpFactors,
    TwoFactor,
    SecondStep,
    AccountServices,
    AuthEvents,
    Tokens,
    RefreshRotation,
    SessionStandings,
    Sessions,
    JwtBackend,
    PasswordBackend,
    ApiKeys,
    ApiKeyBackend,
    RegisteredClients,
    TokenStatusService,
    JwksRoute,
    AuthBackends,
    OneTimeTokens,
    PostOffice,
    CredentialThrottle,
    AccountSteps,
    PasswordRules,
    SignInService,
    RegistrationService,
    WaysIn,
    PasswordsService,
    VerificationService,
    AccountService,
    EmailChangeService,
    { provide: AUTHENTICATOR, useExisting: AuthBackends },
    { provide: PRINCIPAL_SOURCE, useClass: UserPrincipalSource },
    AuthenticatedGuard,
    UseAuthCheck,
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
    AuthenticatedGuard,
    JwtBackend,
    OneTimeTokens,
    CredentialThrottle,
    MailSender,
    AUTHENTICATOR,
    ApiKeys,
    TokenStatusService,
    TwoFactor,
    RecoveryCodes,
    OAuthAccounts,
    OAuthSignIn,
    PermissionService,
    PolicyEngine,
    SignInService,
    RegistrationService,
    PasswordsService,
    VerificationService,
    AccountService,
    EmailChangeService,
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

  /**
   * For a service without users, which lets in whoever has an access token of the service that issues them: by the keys that
   * one publishes, or by the `SECRET_KEY` that both share. It needs no database.
   *
   * @throws AuthOptionsError when there is neither `jwksUrl` nor a secret, or no issuer.
   */
  static forResourceServer(options: ResourceServerOptions & ResourceServerExtras = {}): DynamicModule {
    return ResourceServerModule.forRoot(options);
  }

  /** The classes are given beside the factory. */
  static forResourceServerAsync(
    options: ConfigurableModuleAsyncOptions<ResourceServerOptions> & ResourceServerExtras,
  ): DynamicModule {
    return ResourceServerModule.forRootAsync(options);
  }
}

function split<O extends AuthExtras>(options: O): { extras: AuthExtras; rest: Omit<O, keyof AuthExtras> } {
  const of = (wanted: boolean) => Object.entries(options).filter(([name]) => AUTH_EXTRAS.includes(name) === wanted);
  return {
    extras: Object.fromEntries(of(true)) as unknown as AuthExtras,
    rest: Object.fromEntries(of(false)) as never,
  };
}

function assemble(options: DynamicModule, extras: AuthExtras): DynamicModule {
  const { hashers = [], backends = [], tokenBackend, schemas, authViewSet, isGlobal = true } = extras;
  const users = checkedUserModel(extras.userModel);
  checkClasses(extras);
  const limit = accountBodyLimit(authViewSet);
  return {
    ...options,
    module: AuthModule,
    global: isGlobal,
    imports: [...(options.imports ?? []), CoreOrmModule.forFeature([users, ...MODELS]), ViewSetModule.forFeature([])],
    // Among the controllers of this module, so that it sees what the module provides.
    controllers: [
      ...(authViewSet === false
        ? []
        : [
            authViewFor(users, schemas, authViewSet),
            ApiKeyViewSet,
            AccountSecurityViewSet,
            TokenViewSet,
            TwoFactorViewSet,
            OAuthViewSet,
            OAuthIdTokenViewSet,
          ]),
      ...(extras.cookies ? [cookieViewFor(schemas), CookieIdTokenViewSet] : []),
      ...(extras.usersViewSet ? [ownAccountViewFor(users, schemas, limit), usersViewFor(users, limit)] : []),
    ],
    providers: [
      ...(options.providers ?? []),
      { provide: USER_MODEL, useValue: users },
      { provide: USERS, useExisting: getManagerToken(users) },
      ...hashers,
      hashProvider(hashers),
      tokenBackend ? { provide: TokenBackend, useClass: tokenBackend } : JWT_TOKENS,
      { provide: AccessClaims, useClass: extras.tokenClaims ?? AccessClaims },
      { provide: MailSender, useClass: extras.mailSender ?? ConsoleMailSender },
      { provide: AccountMails, useClass: extras.mails ?? AccountMails },
      { provide: AuthHooks, useClass: extras.hooks ?? AuthHooks },
      ...(extras.accountEvents ? [{ provide: AccountEventPublisher, useClass: extras.accountEvents }] : []),
      ...(extras.cookies ? COOKIE_PROVIDERS : []),
      ...backends,
      {
        provide: AUTH_BACKENDS,
        inject: [ApiKeyBackend, JwtBackend, ...(extras.cookies ? [CookieBackend] : []), PasswordBackend, ...backends],
        useFactory: (...all: AuthBackend[]) => Object.freeze(all),
      },
      ...PERMISSION_PROVIDERS,
    ],
  };
}

function createTokenBackend(keys: DerivedKeys, options: ResolvedAuthOptions, clock: Clock): TokenBackend {
  const { algorithm, tokenIssuer: issuer, tokenAudience: audience } = options;
  if (algorithm !== 'EdDSA' && algorithm !== 'RS256') {
    return new JwtTokenBackend({ keys, algorithm, issuer, audience, clock });
  }
  const signingKeys = new SigningKeys({ ...options, algorithm });
  return new JwtTokenBackend({ keys, algorithm: 'HS256', issuer, audience, signingKeys, clock });
}
