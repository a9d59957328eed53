import { IsInt } from 'class-validator';

/** What others are told of a new comment. */
export class CommentCreated {
  @IsInt() id!: number;
  @IsInt() post!: number;
  @IsInt() author!: number;
}
