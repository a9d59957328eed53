import { createHmac, timingSafeEqual } from 'node:crypto';
import { ForbiddenException } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DerivedKeys } from '../tokens/derived-keys.js';

/** The header in which scripts of the site show the token. */
const CSRF_HEADER = 'x-csrf-token';

/**
 * Keeps other sites from having browsers send requests in their user's name. What changes something needs an origin that is
 * trusted (`BACKEND_CORS_ORIGINS`, or the API's own), and a header that only scripts of such an origin can set, with a token
 * that is good for one session.
 */
@Injectable()
export class CsrfProtection {
  readonly #trusted: ReadonlySet<string>;

  constructor(
    private readonly keys: DerivedKeys,
    @Optional() @Inject(CoreSettings) settings?: CoreSettings,
  ) {
    this.#trusted = new Set((settings?.backendCorsOrigins ?? []).filter((origin) => origin !== '*'));
  }

  /** The token of a session. */
  tokenFor(sessionId: string): string {
    return createHmac('sha256', this.keys.current('csrf')).update(sessionId).digest('base64url');
  }

  /** @throws ForbiddenException unless the request has the token of the session, and no foreign origin. */
  check(request: FastifyRequest, sessionId: string): void {
    this.checkOrigin(request);
    const shown = request.headers[CSRF_HEADER];
    if (typeof shown !== 'string' || !this.#isTokenOf(sessionId, shown)) refuse('The CSRF token is missing or wrong.');
  }

  /** @throws ForbiddenException when the request says that it comes from elsewhere. */
  checkOrigin({ headers, host, protocol }: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = headers;
    const isTrusted = origin !== undefined && (this.#trusted.has(origin) || isOwn(origin, host, protocol));
    if (origin !== undefined ? !isTrusted : site === 'cross-site') refuse('The request comes from another site.');
  }

  #isTokenOf(sessionId: string, shown: string): boolean {
    const given = Buffer.from(shown, 'base64url');
    return this.keys.all('csrf').some((key) => {
      const expected = createHmac('sha256', key).update(sessionId).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

/** A page that came in clear may be anybody's, where the API itself does not; before an unknown proxy it is not known how it did. */
function isOwn(origin: string, host: string, protocol: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.host === host && (page.protocol === 'https:' || protocol === 'http');
}

function refuse(message: string): never {
  throw new ForbiddenException(message, { code: 'csrf_failed' });
}
