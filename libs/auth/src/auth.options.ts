import type { ThrottleLimit, ThrottleRate } from '@core-framework/common';
import { AuthSettings, type CoreSettings, type TokenAlgorithm } from '@core-framework/config';
import type { ModelClass } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import type { AccountMails } from './accounts/account-mails.js';
import type { AccountEventPublisher } from './events/account-event-publisher.js';
import type { AuthHooks } from './accounts/auth-hooks.js';
import type { AuthBackend } from './authentication/auth-backend.js';
import { addressOf, algorithmOf, checkNumber, LEAST, prefixOf, rateOf } from './checks/option-values.js';
import { refuseUnknownOptions } from './checks/unknown-options.js';
import { AuthOptionsError } from './errors/auth.errors.js';
import type { PasswordHasher } from './hashing/password-hasher.js';
import type { MailSender } from './mail/mail-sender.js';
import { checkedProviders, type OAuthProvider } from './oauth/oauth-provider.js';
import { providersOf } from './oauth/providers-of-settings.js';
import type { AccessClaims } from './tokens/access-claims.js';
import type { KeyMaterial } from './tokens/key-material.js';
import type { TokenBackend } from './tokens/token-backend.js';
import type { PolicyOptions } from './policies/policy-options.js';
import type { AuthSchemas } from './views/auth-view.factory.js';
import type { AuthViewSet } from './views/auth.viewset.js';
import type { AbstractBaseUser } from './users/abstract-user.js';

/** The application's user model. */
export type UserModel = ModelClass<AbstractBaseUser>;

/** Options of `AuthModule.forRoot`; each is the setting of its name unless given here. */
export interface AuthOptions {
  /** Key that the keys of tokens are derived from, 32 bytes or more. @defaultValue `SECRET_KEY` */
  readonly secretKey?: string;
  /** Former keys, whose tokens are still accepted. @defaultValue `SECRET_KEY_FALLBACKS` */
  readonly secretKeyFallbacks?: readonly string[];
  /** Key of what is stored encrypted, 32 bytes or more. @defaultValue `APP_KEY`, else the secret key */
  readonly encryptionKey?: string;
  /** The one algorithm of tokens. @defaultValue `AUTH_ALGORITHM` */
  readonly algorithm?: TokenAlgorithm;
  /** Private key of access tokens by EdDSA or RS256: PEM, or a JWK. @defaultValue `AUTH_SIGNING_KEY` */
  readonly signingKey?: KeyMaterial;
  /** Former and coming keys, whose access tokens are accepted: of each the public half is enough. @defaultValue `AUTH_SIGNING_KEY_FALLBACKS` */
  readonly signingKeyFallbacks?: KeyMaterial;
  /** Issuer of tokens. @defaultValue `AUTH_TOKEN_ISSUER`, which is the application's name */
  readonly tokenIssuer?: string;
  /** Audience of access tokens. @defaultValue `AUTH_TOKEN_AUDIENCE`, which is the issuer */
  readonly tokenAudience?: string;
  /** Services that may introspect and revoke tokens, each as `id:secret`. @defaultValue `AUTH_CLIENTS` */
  readonly clients?: readonly string[];
  /** @defaultValue `AUTH_ACCESS_TOKEN_EXPIRE_MINUTES`: 30 */
  readonly accessTokenExpireMinutes?: number;
  /** Days after which a session ends that is not refreshed. @defaultValue `AUTH_REFRESH_TOKEN_EXPIRE_DAYS`: 7 */
  readonly refreshTokenExpireDays?: number;
  /** Days after which a session ends in any case. @defaultValue `AUTH_SESSION_EXPIRE_DAYS`: 30 */
  readonly sessionExpireDays?: number;
  /** Seconds in which a used refresh token answers the same successor again. @defaultValue `AUTH_REFRESH_GRACE_SECONDS`: 10 */
  readonly refreshGraceSeconds?: number;
  /** Name of the hasher of new passwords. @defaultValue `AUTH_PASSWORD_HASHER`: `pbkdf2_sha256` */
  readonly passwordHasher?: string;
  /** @defaultValue `AUTH_PASSWORD_MIN_LENGTH`: 8 */
  readonly passwordMinLength?: number;
  /** Passwords that are hashed at the same time. @defaultValue `AUTH_HASHING_CONCURRENCY`: 4 */
  readonly hashingConcurrency?: number;
  /** Passwords that may wait; more are answered 503. @defaultValue `AUTH_HASHING_QUEUE`: 32 */
  readonly hashingQueue?: number;
  /** Whether only confirmed addresses are let in, and none is given away. @defaultValue `AUTH_REQUIRE_VERIFICATION`: false */
  readonly requireVerification?: boolean;
  /** @defaultValue `AUTH_RESET_EXPIRE_MINUTES`: 60 */
  readonly resetExpireMinutes?: number;
  /** @defaultValue `AUTH_VERIFY_EXPIRE_HOURS`: 24 */
  readonly verifyExpireHours?: number;
  /** Where links in mails lead. @defaultValue `AUTH_PUBLIC_URL` */
  readonly publicUrl?: string;
  /** @defaultValue `AUTH_THROTTLE_ENABLED`: true */
  readonly throttleEnabled?: boolean;
  /** Wrong passwords and codes for one account. @defaultValue `AUTH_ACCOUNT_RATE`: '5/5m' */
  readonly accountRate?: ThrottleRate;
  /** Wrong passwords and codes from one client. @defaultValue `AUTH_CLIENT_RATE`: '10/minute' */
  readonly clientRate?: ThrottleRate;
  /** Registrations, refreshes and requests for mails from one client. @defaultValue `AUTH_REQUEST_RATE`: '20/minute' */
  readonly requestRate?: ThrottleRate;
  /** Mails to one address. @defaultValue `AUTH_MAIL_RATE`: '5/h' */
  readonly mailRate?: ThrottleRate;
  /** Other services by which people sign in, beside Google and GitHub, which their settings offer. @defaultValue none */
  readonly oauthProviders?: readonly OAuthProvider[];
  /** Public address of the API, to which providers send people back. @defaultValue `OAUTH_API_URL` */
  readonly oauthApiUrl?: string;
  /** Origins of pages that a sign-in may go on with. @defaultValue the one of `AUTH_PUBLIC_URL` */
  readonly oauthReturnOrigins?: readonly string[];
  /** Whether cookies are sent over HTTPS only; browsers count `localhost` as that. @defaultValue `AUTH_COOKIE_SECURE`: true */
  readonly cookieSecure?: boolean;
  /** What API keys begin with: small letters and digits, at most 20. @defaultValue 'key' */
  readonly apiKeyPrefix?: string;
  /** Rules that decide beside the groups and permissions in the tables. @defaultValue none */
  readonly policies?: PolicyOptions;
}

type Rates = 'accountRate' | 'clientRate' | 'requestRate' | 'mailRate';

/** {@link AuthOptions} with every default filled in. */
export type ResolvedAuthOptions = Required<Omit<AuthOptions, Rates | 'policies'>> &
  Readonly<Record<Rates, ThrottleLimit>>;

/** What the module must know before its options are there. */
export interface AuthExtras {
  /** The application's user model, which extends `AbstractUser`. */
  readonly userModel: UserModel;
  /** Password hashers of the application's own, beside those that are built in. @defaultValue [] */
  readonly hashers?: readonly Type<PasswordHasher>[];
  /** Ways in of the application's own, asked after those that are built in. @defaultValue [] */
  readonly backends?: readonly Type<AuthBackend>[];
  /** Writes and reads tokens in another way. @defaultValue JSON Web Tokens by `AUTH_ALGORITHM` */
  readonly tokenBackend?: Type<TokenBackend>;
  /** Claims of access tokens beside those of the package, such as `PermissionClaims`. @defaultValue none */
  readonly tokenClaims?: Type<AccessClaims>;
  /** Sends mails. @defaultValue they are printed while the application is developed */
  readonly mailSender?: Type<MailSender>;
  /** Words mails. @defaultValue `AccountMails` */
  readonly mails?: Type<AccountMails>;
  /** What happens beside each step of an account's life. @defaultValue nothing */
  readonly hooks?: Type<AuthHooks>;
  /** Tells other parts of a system what happened to accounts, such as `MessagingAccountEvents`. @defaultValue nobody is told */
  readonly accountEvents?: Type<AccountEventPublisher>;
  /** What the endpoints below `/auth` accept and show. */
  readonly schemas?: AuthSchemas;
  /** The endpoints below `/auth`; `false` for none. @defaultValue `AuthViewSet` */
  readonly authViewSet?: Type<AuthViewSet> | false;
  /** Whether browsers may sign in with cookies, below `/auth/cookie`. @defaultValue false */
  readonly cookies?: boolean;
  /** Whether superusers administer accounts below `/users`. @defaultValue false */
  readonly usersViewSet?: boolean;
  /** Whether other modules see its services without importing it. @defaultValue true */
  readonly isGlobal?: boolean;
}

/** Names of the {@link AuthExtras}. */
export const AUTH_EXTRAS: readonly string[] = Object.keys({
  userModel: true,
  hashers: true,
  backends: true,
  tokenBackend: true,
  tokenClaims: true,
  mailSender: true,
  mails: true,
  hooks: true,
  accountEvents: true,
  schemas: true,
  authViewSet: true,
  cookies: true,
  usersViewSet: true,
  isGlobal: true,
} satisfies Record<keyof AuthExtras, true>);

/** Token of the options as they were given. */
export const AUTH_OPTIONS = Symbol.for('@core-framework/auth:options');
/** Token of the {@link ResolvedAuthOptions}. */
export const RESOLVED_AUTH_OPTIONS = Symbol.for('@core-framework/auth:resolved-options');
/** Token of the application's user model. */
export const USER_MODEL = Symbol.for('@core-framework/auth:user-model');

const SHORTEST_KEY_BYTES = 32;

/** @throws AuthOptionsError when a key is missing or short, or an option is none, or holds what cannot work. */
export function resolveAuthOptions(options: AuthOptions, settings?: CoreSettings): ResolvedAuthOptions {
  const resolved = resolve(options ?? {}, settings);
  refuseUnknownOptions('AuthModule', options, [...Object.keys(resolved), 'policies'], AUTH_EXTRAS);
  return resolved;
}

function resolve(options: AuthOptions, settings?: CoreSettings): ResolvedAuthOptions {
  for (const name of Object.keys(LEAST) as (keyof typeof LEAST)[]) checkNumber(name, options[name]);
  const known = settings ?? new AuthSettings();
  const secretKey = options.secretKey ?? settings?.secretKey ?? '';
  if (secretKey === '' || (options.secretKey !== undefined && Buffer.byteLength(secretKey) < SHORTEST_KEY_BYTES)) {
    throw new AuthOptionsError(
      `AuthModule has ${secretKey === '' ? 'no secretKey' : `a secretKey of less than ${SHORTEST_KEY_BYTES} bytes`}.`,
      'Import SettingsModule and set SECRET_KEY, or pass secretKey: openssl rand -base64 48.',
    );
  }
  const tokenIssuer = options.tokenIssuer ?? (known.authTokenIssuer || 'core-framework');
  const publicUrl = addressOf('publicUrl', options.publicUrl ?? known.authPublicUrl);
  const algorithm = algorithmOf(options.algorithm ?? known.authAlgorithm);
  const signingKey = options.signingKey ?? known.authSigningKey;
  if (signingKey !== '' && algorithm.startsWith('HS')) {
    throw new AuthOptionsError(
      `AuthModule has a signingKey, which ${algorithm} has no use for.`,
      'Set AUTH_ALGORITHM=EdDSA (or RS256, by what the key is), or take AUTH_SIGNING_KEY out.',
    );
  }
  return Object.freeze({
    secretKey,
    secretKeyFallbacks: options.secretKeyFallbacks ?? known.secretKeyFallbacks,
    encryptionKey: encryptionKeyOf(options, settings) ?? secretKey,
    algorithm,
    signingKey,
    signingKeyFallbacks: options.signingKeyFallbacks ?? known.authSigningKeyFallbacks,
    tokenIssuer,
    tokenAudience: options.tokenAudience ?? audienceOf(known, tokenIssuer),
    clients: options.clients ?? known.authClients,
    accessTokenExpireMinutes: options.accessTokenExpireMinutes ?? known.authAccessTokenExpireMinutes,
    refreshTokenExpireDays: options.refreshTokenExpireDays ?? known.authRefreshTokenExpireDays,
    sessionExpireDays: options.sessionExpireDays ?? known.authSessionExpireDays,
    refreshGraceSeconds: options.refreshGraceSeconds ?? known.authRefreshGraceSeconds,
    passwordHasher: options.passwordHasher ?? known.authPasswordHasher,
    passwordMinLength: options.passwordMinLength ?? known.authPasswordMinLength,
    hashingConcurrency: options.hashingConcurrency ?? known.authHashingConcurrency,
    hashingQueue: options.hashingQueue ?? known.authHashingQueue,
    requireVerification: options.requireVerification ?? known.authRequireVerification,
    resetExpireMinutes: options.resetExpireMinutes ?? known.authResetExpireMinutes,
    verifyExpireHours: options.verifyExpireHours ?? known.authVerifyExpireHours,
    publicUrl,
    throttleEnabled: options.throttleEnabled ?? known.authThrottleEnabled,
    accountRate: rateOf('accountRate', options.accountRate ?? known.authAccountRate),
    clientRate: rateOf('clientRate', options.clientRate ?? known.authClientRate),
    requestRate: rateOf('requestRate', options.requestRate ?? known.authRequestRate),
    oauthProviders: checkedProviders([...providersOf(settings), ...(options.oauthProviders ?? [])]),
    oauthApiUrl: addressOf(
      'oauthApiUrl',
      options.oauthApiUrl ?? (settings?.oauthApiUrl || 'http://localhost:8000/api/v1'),
    ),
    oauthReturnOrigins: options.oauthReturnOrigins ?? [new URL(publicUrl).origin],
    cookieSecure: options.cookieSecure ?? known.authCookieSecure,
    apiKeyPrefix: prefixOf(options.apiKeyPrefix),
    mailRate: rateOf('mailRate', options.mailRate ?? known.authMailRate),
  });
}

/** The audience that the settings name; they fill in their own issuer where they name none. */
export function audienceOf(settings: AuthSettings, issuer: string): string {
  const { authTokenAudience, authTokenIssuer } = settings;
  return authTokenAudience === authTokenIssuer ? issuer : authTokenAudience;
}

function encryptionKeyOf({ encryptionKey }: AuthOptions, settings?: CoreSettings): string | undefined {
  const key = encryptionKey ?? settings?.appKey;
  if (key === undefined || key === '' || Buffer.byteLength(key) >= SHORTEST_KEY_BYTES) return key || undefined;
  throw new AuthOptionsError(
    `AuthModule has an encryptionKey of less than ${SHORTEST_KEY_BYTES} bytes.`,
    'Set APP_KEY to a longer one: openssl rand -base64 48.',
  );
}
