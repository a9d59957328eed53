import { ApiException, clientAnswerOf } from '@core-framework/common';
import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/**
 * Makes an error that clients may know of one that Nest's own filter renders too, headers included, so that an
 * application without the platform's renderer answers with the same status.
 */
export function asHttpError(error: unknown, reply: FastifyReply): unknown {
  const answer = clientAnswerOf(error);
  if (!answer) return error;
  reply.headers({ ...answer.headers });
  return error instanceof HttpException ? error : ApiException.from(answer, error);
}
