import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Algorithms that sign with a shared secret, and those of key pairs; `none` is not one of them. */
const TOKEN_ALGORITHMS = ['HS256', 'HS384', 'HS512', 'EdDSA', 'RS256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

const CLIENT = /^[\w.-]{1,100}:[\x21-\x7e]{24,200}$/;
const RATE = /^[1-9]\d*\/(?:[1-9]\d*)?(?:s|second|m|minute|h|hour|d|day)$/;
const RATE_MESSAGE = { message: '$property must be a rate like 10/minute or 5/15m' };

/** How long sign-ins last and how passwords are kept. */
@SettingsGroup({ title: 'Authentication', owner: '@core-framework/auth' })
export class AuthSettings {
  /** The one algorithm with which access tokens are signed and accepted. */
  @Setting({
    aliases: ['ALGORITHM'],
    description: 'The one algorithm with which access tokens are signed and accepted.',
  })
  @IsIn(TOKEN_ALGORITHMS)
  authAlgorithm: TokenAlgorithm = 'HS256';

  @Setting({
    secret: true,
    description:
      'Private key that signs access tokens by EdDSA or RS256: PEM (line ends may be written as \\n) or a JWK.',
  })
  @IsString()
  authSigningKey = '';

  /** Published beside the signing key, so that tokens of a former key are accepted, and those of a coming one will be. */
  @Setting({
    secret: true,
    description: 'Former and coming keys whose access tokens are accepted: PEM after PEM, a JWK or a JWK Set.',
  })
  @IsString()
  authSigningKeyFallbacks = '';

  @Setting({
    secret: true,
    description: 'Services that may introspect and revoke tokens, each as id:secret. Separated by commas.',
  })
  @IsArray()
  @IsString({ each: true })
  @Matches(CLIENT, {
    each: true,
    message: '$property must be pairs of id:secret, with secrets of 24 characters or more',
  })
  authClients: readonly string[] = [];

  @Setting({ aliases: ['ACCESS_TOKEN_EXPIRE_MINUTES'], description: 'Minutes that an access token is good for.' })
  @IsInt()
  @Min(1)
  authAccessTokenExpireMinutes = 30;

  @Setting({ aliases: ['REFRESH_TOKEN_EXPIRE_DAYS'], description: 'Days that a session can be refreshed.' })
  @IsInt()
  @Min(1)
  authRefreshTokenExpireDays = 7;

  /** Name of a password hasher: one that is built in, or one that the application registers. */
  @Setting({
    description: 'Hasher of new passwords: `pbkdf2_sha256`, `argon2`, `bcrypt`, `scrypt` or a registered one.',
  })
  @IsString()
  @Matches(/^\w[\w-]*$/, { message: '$property must be the name of a password hasher' })
  authPasswordHasher = 'pbkdf2_sha256';

  @Setting({ description: 'Fewest characters of a new password; 15 is better than 8.' })
  @IsInt()
  @Min(8)
  @Max(64)
  authPasswordMinLength = 8;

  /** Tokens that were signed with one of them are accepted until they expire; new ones never are. */
  @Setting({
    secret: true,
    description: 'Former values of SECRET_KEY, whose tokens are still accepted. Separated by commas.',
  })
  @IsArray()
  @IsString({ each: true })
  secretKeyFallbacks: readonly string[] = [];

  @Setting<AuthSettings & { readonly appName?: string }>({
    description: 'Issuer of tokens. The name of the application when not set.',
    derive: ({ appName }) => appName,
  })
  @IsString()
  authTokenIssuer = '';

  @Setting<AuthSettings>({
    description: 'Audience of access tokens, which is asked for where they are accepted. The issuer when not set.',
    derive: ({ authTokenIssuer }) => authTokenIssuer,
  })
  @IsString()
  authTokenAudience = '';

  @Setting({ description: 'Where the service that issues tokens publishes its keys, for services without users.' })
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  authJwksUrl?: string;

  @Setting({ description: 'Days after which a session ends however often it is refreshed.' })
  @IsInt()
  @Min(1)
  authSessionExpireDays = 30;

  @Setting({
    description: 'Seconds in which a refresh token that was just used answers the same successor again; 0 for never.',
  })
  @IsInt()
  @Min(0)
  @Max(60)
  authRefreshGraceSeconds = 10;

  @Setting({
    description: 'Lets in only those who confirmed their e-mail address, and keeps secret which addresses are known.',
  })
  @IsBoolean()
  authRequireVerification = false;

  @Setting({ description: 'Minutes that a link to reset a password is good for.' })
  @IsInt()
  @Min(1)
  authResetExpireMinutes = 60;

  @Setting({ description: 'Hours that a link to confirm an e-mail address is good for.' })
  @IsInt()
  @Min(1)
  authVerifyExpireHours = 24;

  /** Never taken from a request: whoever sends one could choose its Host. */
  @Setting({ description: 'Address of the site that links in mails lead to.' })
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  authPublicUrl = 'http://localhost:3000';

  @Setting({ description: 'Passwords that are hashed at the same time; more wait.' })
  @IsInt()
  @Min(1)
  authHashingConcurrency = 4;

  @Setting({ description: 'Passwords that wait to be hashed; what comes on top is answered 503.' })
  @IsInt()
  @Min(0)
  authHashingQueue = 32;

  @Setting({ description: 'Sends the cookies of sign-ins over HTTPS only, which includes localhost.' })
  @IsBoolean()
  authCookieSecure = true;

  @Setting({ description: 'Limits tries of passwords and codes; only tests have a reason to switch it off.' })
  @IsBoolean()
  authThrottleEnabled = true;

  @Setting({ description: 'Wrong passwords and codes for one account.' })
  @Matches(RATE, RATE_MESSAGE)
  authAccountRate = '5/5m';

  @Setting({ description: 'Wrong passwords and codes from one client.' })
  @Matches(RATE, RATE_MESSAGE)
  authClientRate = '10/minute';

  @Setting({ description: 'Registrations, refreshes and requests for mails from one client.' })
  @Matches(RATE, RATE_MESSAGE)
  authRequestRate = '20/minute';

  @Setting({ description: 'Mails to one address.' })
  @Matches(RATE, RATE_MESSAGE)
  authMailRate = '5/h';
}
