import { IsInt, IsNumberString, IsString } from 'class-validator';

/** What other services are told of a new order. */
export class OrderCreated {
  @IsInt() id!: number;
  @IsInt() userId!: number;
  @IsNumberString() total!: string;
  @IsString() status!: string;
}
