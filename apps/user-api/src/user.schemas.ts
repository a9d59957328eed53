import { InputSchema, OutputSchema, Verbatim } from '@core-framework/viewset';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { User } from './user.model.js';

/** Who wants an account. */
export class RegisterInput extends InputSchema(User, { pick: ['email'] }) {
  @IsString()
  @MinLength(8)
  @MaxLength(128)
  @Verbatim()
  password!: string;
}

/** What is shown of a user, and what others are told of a new one. */
export class UserOutput extends OutputSchema(User, { pick: ['id', 'email', 'orderCount'] }) {}
