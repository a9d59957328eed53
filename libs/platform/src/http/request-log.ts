import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Writes one line per request, once its answer is sent or its client gone; slow ones are warnings. */
export function logRequest(logger: Logger, slowAfter: number, request: FastifyRequest, reply: FastifyReply): void {
  const status = reply.raw.statusCode;
  const aborted = !reply.raw.writableFinished;
  const duration = Math.round(reply.elapsedTime * 100) / 100;
  const slow = duration > slowAfter;
  const level = status >= 500 ? 'error' : slow ? 'warn' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  const line = {
    requestId: request.id,
    method: request.method,
    url: request.url,
    status,
    duration,
    ...(slow && { slow }),
    ...(aborted && { aborted }),
  };
  const text = `${request.method} ${request.url} ${aborted ? 'aborted' : status} ${duration}ms${slow ? ' slow' : ''}`;
  logger[level](line, text);
}
