import { IsIn, IsInt, IsString, Matches, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** Algorithms that sign with a shared secret; `none` is not one of them. */
const TOKEN_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

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
}
