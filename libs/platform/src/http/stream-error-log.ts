import { type FastifyRequest, LogController } from 'fastify';

/** Of Fastify's own lines only the one that nothing else reports: a response broke off half-way. */
export class StreamErrorLog extends LogController {
  override streamError(error: Error, request: FastifyRequest): void {
    const members = { requestId: request.id, err: error };
    if ('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')
      request.log.debug(members, 'The client left before the answer ended.');
    else request.log.warn(members, 'An answer broke off after it had begun.');
  }
}
