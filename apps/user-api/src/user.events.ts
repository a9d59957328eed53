import { IsEmail, IsInt } from 'class-validator';

/** What other services are told of a new user. */
export class UserCreated {
  @IsInt() id!: number;
  @IsEmail() email!: string;
}
