import { InputSchema, Verbatim } from '@core-framework/viewset';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { User } from './user.model.js';

/** Who wants an account: the password twice, and stronger than the framework asks for. */
export class RegisterInput extends InputSchema(User, { pick: ['email', 'name', 'firstName', 'lastName'] }) {
  @IsString()
  @MinLength(8, { message: 'Password must be at least 8 characters.' })
  @MaxLength(128)
  @Matches(/\p{Lu}/u, { message: 'Password must contain an uppercase letter.' })
  @Matches(/\p{Ll}/u, { message: 'Password must contain a lowercase letter.' })
  @Matches(/\d/, { message: 'Password must contain a digit.' })
  @Verbatim()
  password!: string;

  @IsString()
  @MaxLength(128)
  @Verbatim()
  passwordConfirm!: string;

  validate() {
    return this.password === this.passwordConfirm ? undefined : { passwordConfirm: 'Passwords do not match.' };
  }
}
