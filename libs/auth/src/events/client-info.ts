import { ipAddressOf } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, as far as it is kept. */
export interface ClientInfo {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

const LONGEST_AGENT = 255;

/** The address is that which trusted proxies say (`TRUST_PROXY`), if it is one, else the one of the connection. */
export function clientInfoOf(request: FastifyRequest): ClientInfo {
  const agent = request.headers['user-agent'];
  return {
    ip: ipAddressOf(request) ?? null,
    userAgent: agent?.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_AGENT) ?? null,
    requestId: String(request.id).slice(0, 100),
  };
}
