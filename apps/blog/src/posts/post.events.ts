import { IsInt, IsString } from 'class-validator';

/** What others are told of a post that everybody may read now. */
export class PostPublished {
  @IsInt() id!: number;
  @IsString() title!: string;
  @IsString() slug!: string;
  @IsInt() author!: number;
}
