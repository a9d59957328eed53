import { InputSchema, Verbatim } from '@core-framework/viewset';
import type { UserModel } from '../auth.options.js';
import { ONE_ADDRESS } from '../users/email.js';
import { IsBoolean, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

// Databases store neither.
const STORABLE = /^[^\0\p{Cs}]*$/u;
const LONGEST_PASSWORD = 1024;

function Secret(): PropertyDecorator {
  return all(IsString(), MaxLength(LONGEST_PASSWORD), Verbatim());
}

export function Text(longest: number): PropertyDecorator {
  return all(
    IsString(),
    MaxLength(longest),
    Matches(STORABLE, { message: '$property has characters that no text has' }),
  );
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (prototype, name) => {
    for (const decorate of decorators) decorate(prototype, name);
  };
}

/** What somebody signs in with; `username` where the model's `USERNAME_FIELD` is another than the address. */
export class CookieLoginInput {
  @IsOptional() @Text(254) email?: string;
  @IsOptional() @Text(254) username?: string;
  @Secret() password!: string;
  /** The backend to ask. @defaultValue all, in their order */
  @IsOptional() @Text(50) backend?: string;
}

/** The same, also as RFC 6749 has it in forms. */
export class LoginInput extends CookieLoginInput {
  // What clients of RFC 6749 send along in forms; there is one kind of grant, and all clients are alike.
  @IsOptional() @IsIn(['password', '']) grant_type?: string;
  @IsOptional() @Text(1000) scope?: string;
  @IsOptional() @Text(200) client_id?: string;
  @IsOptional() @Text(200) client_secret?: string;
}

export class RefreshInput {
  @Text(8192) refresh_token!: string;
}

export class ChangePasswordInput {
  @Secret() currentPassword!: string;
  @Secret() newPassword!: string;
}

export class DeleteAccountInput {
  /** Not needed for accounts that have none. */
  @IsOptional() @Secret() currentPassword?: string | null;
}

/** Shows the password again. */
export class ReauthenticateInput {
  @Secret() currentPassword!: string;
}

export class EmailInput {
  @IsString()
  @MaxLength(254)
  @Matches(ONE_ADDRESS, { message: 'Enter an e-mail address.' })
  email!: string;
}

export class OneTimeTokenInput {
  @Text(100) token!: string;
}

export class ResetPasswordInput extends OneTimeTokenInput {
  @Secret() password!: string;
}

/** Adds a password to a schema of new users. */
export function withPassword<I extends object>(schema: new () => I): new () => I & { password: string } {
  const Base = schema as new () => object;
  class RegisterInput extends Base {
    @Secret() password!: string;
  }
  return RegisterInput as unknown as new () => I & { password: string };
}

/** What superusers may set of an account: all that its owner may, the flags, and a new password. */
export function adminInput(model: UserModel): new () => object {
  class UserInput extends (InputSchema(model) as new () => object) {
    @IsOptional() @IsBoolean() isActive?: boolean;
    @IsOptional() @IsBoolean() isStaff?: boolean;
    @IsOptional() @IsBoolean() isSuperuser?: boolean;
    @IsOptional() @IsBoolean() isVerified?: boolean;
    /** `null` takes the password away: the account signs in by other means. */
    @IsOptional() @Secret() password?: string | null;
  }
  return UserInput;
}
