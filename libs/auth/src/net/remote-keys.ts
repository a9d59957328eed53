import { ServiceUnavailableException } from '@core-framework/common';
import type { Logger } from '@nestjs/common';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { boundedFetch } from './bounded-fetch.js';

/** Milliseconds that keys are used without looking again. */
const FRESH_MS = 600_000;
/** Milliseconds in which tokens with unknown keys do not have them fetched again, and a service that is down is left alone. */
const COOL_DOWN_MS = 30_000;
const RETRY_MS = 5_000;
/** Milliseconds that keys are used while the service that publishes them cannot be asked. */
const STALE_MS = 3_600_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

/** Of {@link remoteKeys}. */
export interface RemoteKeysOptions {
  /** Addresses whose origins the application itself names: keys may be at a private address only there. */
  readonly named: readonly string[];
  /** What clients are told, with 503, when the keys cannot be fetched. */
  readonly code: string;
  readonly logger: Logger;
}

/**
 * The keys that another service publishes, fetched when they are first needed and kept. A token of an unknown key has them
 * fetched again, at most twice a minute; while the service cannot be asked, the keys that are known stand for an hour.
 */
export function remoteKeys(address: string, { named, code, logger }: RemoteKeysOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(address), {
    cacheMaxAge: FRESH_MS,
    cooldownDuration: COOL_DOWN_MS,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: boundedFetch({ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, named }),
  });
  let failedAt = -Infinity;
  let knownAt = -Infinity;

  const useKnown: JWTVerifyGetKey = (header, token) => {
    const known = remote.jwks();
    if (known && Date.now() - knownAt < STALE_MS) return createLocalJWKSet(known)(header, token);
    throw new ServiceUnavailableException('Tokens cannot be verified at the moment.', { code });
  };

  return async (header, token) => {
    if (!remote.fresh && Date.now() - failedAt < RETRY_MS) return useKnown(header, token);
    try {
      const key = await remote(header, token);
      knownAt = Date.now();
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      failedAt = Date.now();
      logger.error(`The keys at ${address} cannot be fetched: ${(error as Error).message}`);
      return useKnown(header, token);
    }
  };
}
