import { type ClientAnswer, clientAnswerOf } from '@core-framework/common';
import { HttpException } from '@nestjs/common';
import { fastifyErrorAnswer } from './fastify-error-answer.js';
import { httpExceptionAnswer } from './http-exception-answer.js';

/** What a client is told of any error that reached the edge; `undefined` when it may not know more than "500". */
export function errorAnswer(error: unknown): ClientAnswer | undefined {
  const own = clientAnswerOf(error);
  if (own) return own;
  if (!(error instanceof HttpException)) return fastifyErrorAnswer(error);
  // Nest's standard adapter wraps Fastify's errors and keeps only their English message.
  return fastifyErrorAnswer(error.cause) ?? httpExceptionAnswer(error);
}
