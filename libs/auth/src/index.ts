export { ApiKeyBackend } from './api-keys/api-key.backend.js';
export { ApiKey } from './api-keys/api-key.model.js';
export { ApiKeys, type ApiKeySummary, type NewApiKey } from './api-keys/api-keys.service.js';
export { AuthModule } from './auth.module.js';
export {
  AUTH_OPTIONS,
  type AuthExtras,
  type AuthOptions,
  RESOLVED_AUTH_OPTIONS,
  type ResolvedAuthOptions,
  USER_MODEL,
  type UserModel,
} from './auth.options.js';
export {
  AuthOptionsError,
  ForwardingRefusedError,
  MissingHasherPackageError,
  NoAuthModuleError,
  PermissionsNotLoadedError,
  ReservedClaimError,
  UnknownAuthBackendError,
  UnknownHasherError,
} from './errors/auth.errors.js';
export {
  InvalidCodenameError,
  InvalidPolicyError,
  PoliciesNotConfiguredError,
  PolicyModelError,
  UsersWithoutPermissionsError,
} from './errors/permission.errors.js';
export { type AccountEvent, AccountEventPublisher } from './events/account-event-publisher.js';
export { AuthEvent } from './events/auth-event.model.js';
export { Group } from './groups/group.model.js';
export { Permission } from './groups/permission.model.js';
export { Argon2Hasher, type Argon2Options } from './hashing/argon2.hasher.js';
export { BcryptHasher, type BcryptOptions } from './hashing/bcrypt.hasher.js';
export { Hash, type HasherParameters } from './hashing/hash.service.js';
export { PasswordHasher } from './hashing/password-hasher.js';
export { Pbkdf2Hasher, type Pbkdf2Options } from './hashing/pbkdf2.hasher.js';
export { ScryptHasher, type ScryptOptions } from './hashing/scrypt.hasher.js';
export { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
export { PasswordPolicy } from './passwords/password-policy.js';
export type { Grants } from './permissions/grants.js';
export { PermissionService, type PermissionSubjectOptions } from './permissions/permission.service.js';
export { PREDEFINED_ROLES, type RoleDefinitions } from './permissions/predefined-roles.js';
export {
  IsVerified,
  RequirePermission,
  type RequirePermissionOptions,
  RequireRole,
} from './permissions/role.permissions.js';
export { RecentlySignedIn, RequireSession } from './permissions/session.permissions.js';
export { CasbinRule, PolicyVersion } from './policies/casbin-rule.model.js';
export { OrmCasbinAdapter, type PolicyFilter } from './policies/orm-casbin.adapter.js';
export { POLICY_WATCHER, type PolicyOptions, type PolicyWatcher } from './policies/policy-options.js';
export { POLICY_MODELS, type PolicyModelName } from './policies/shipped-models.js';
export { type RevokeReason, Session } from './sessions/session.model.js';
export { RefreshToken } from './tokens/refresh-token.model.js';
export { AbstractBaseUser, AbstractUser } from './users/abstract-user.js';
export { type PermissionHolder, PermissionsMixin } from './users/permissions.mixin.js';
export { type NewUser, UserManager } from './users/user.manager.js';
export { AUTH_BACKENDS, AuthBackend, type Credentials } from './authentication/auth-backend.js';
export { AuthenticatedGuard } from './authentication/authenticated.guard.js';
export { AuthBackends } from './authentication/auth-backends.js';
export { AuthenticationStop } from './authentication/authentication-stop.js';
export { CurrentUser } from './authentication/current-user.decorator.js';
export { JwtBackend } from './authentication/jwt.backend.js';
export { UseAuth } from './authentication/use-auth.decorator.js';
export { type Proof, UserPrincipal, type UserStanding } from './authentication/user-principal.js';
export { type AuthEventName, type AuthEventParts, AuthEvents } from './events/auth-events.service.js';
export { type ClientInfo, clientInfoOf } from './events/client-info.js';
export { Sessions, type SignIn, type TokenPair } from './sessions/sessions.service.js';
export { DerivedKeys } from './tokens/derived-keys.js';
export { JwtTokenBackend, type JwtTokenOptions, type SecretAlgorithm } from './tokens/jwt-token.backend.js';
export {
  TokenBackend,
  type TokenClaims,
  type TokenPayload,
  type TokenTimes,
  type TokenType,
} from './tokens/token-backend.js';
export { type AccessTokenOptions, Tokens } from './tokens/tokens.service.js';
export { type KeyMaterial } from './tokens/key-material.js';
export { type SigningAlgorithm, type SigningKey, SigningKeys, type SigningKeysOptions } from './tokens/signing-keys.js';
export { type TokenStatus, TokenStatusService, type TokenTypeHint } from './tokens/token-status.service.js';
export { USERS } from './users/users.provider.js';
export { AccountMails } from './accounts/account-mails.js';
export { AccountService } from './accounts/account.service.js';
export { EmailChangeService } from './accounts/email-change.service.js';
export { AuthHooks } from './accounts/auth-hooks.js';
export { PasswordsService } from './accounts/passwords.service.js';
export { type Registration, RegistrationService } from './accounts/registration.service.js';
export { SignInService } from './accounts/sign-in.service.js';
export { VerificationService } from './accounts/verification.service.js';
export { CookieBackend } from './cookies/cookie.backend.js';
export { CsrfProtection } from './cookies/csrf-protection.js';
export { ConsoleMailSender } from './mail/console-mail-sender.js';
export { InMemoryMailSender } from './mail/in-memory-mail-sender.js';
export { type Mail, MailSender } from './mail/mail-sender.js';
export { OneTimeTokens, type TokenHolder, type TokenPurpose } from './one-time-tokens/one-time-tokens.service.js';
export { type CountedTry, CredentialThrottle } from './throttling/credential-throttle.js';
export type { AuthSchemas } from './views/auth-view.factory.js';
export { LoginInput } from './views/auth.inputs.js';
export { AuthViewSet } from './views/auth.viewset.js';
export type { AccessTokenClaims } from './resource-server/access-token-claims.js';
export { AccessTokenVerifier } from './resource-server/access-token-verifier.js';
export { CallerForwarding } from './resource-server/caller-forwarding.js';
export {
  RESOLVED_RESOURCE_SERVER_OPTIONS,
  type ResolvedResourceServerOptions,
  RESOURCE_SERVER_OPTIONS,
  type ResourceServerExtras,
  type ResourceServerOptions,
} from './resource-server/resource-server.options.js';
export { TokenPrincipal } from './resource-server/token-principal.js';
export { AccessClaims, PermissionClaims } from './tokens/access-claims.js';
export { MfaFactor } from './two-factor/mfa-factor.model.js';
export { RecoveryCode } from './two-factor/recovery-code.model.js';
export { RecoveryCodes } from './two-factor/recovery-codes.service.js';
export type { TotpEnrolment } from './two-factor/totp-factors.js';
export { type SecondFactor, TwoFactor, type TwoFactorStatus } from './two-factor/two-factor.service.js';
export { githubProfile } from './oauth/github-profile.js';
export { OAuthAccount } from './oauth/oauth-account.model.js';
export { OAuthAccounts, type OAuthAccountSummary } from './oauth/oauth-accounts.service.js';
export {
  githubProvider,
  googleProvider,
  type OAuthProfile,
  type OAuthProvider,
  type ProviderRequest,
} from './oauth/oauth-provider.js';
export { type OAuthOutcome, OAuthSignIn, type OAuthWish } from './oauth/oauth-sign-in.service.js';
