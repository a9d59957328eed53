import { createHash } from 'node:crypto';
import {
  clientAddressOf,
  throttled,
  type ThrottleLimit,
  type ThrottleStanding,
  Throttling,
} from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';

/** A try that was counted; {@link succeeded} takes it back. */
export interface CountedTry {
  /** Whether a further one would be refused. */
  readonly isLast: boolean;
  succeeded(): Promise<void>;
}

/**
 * Limits tries of passwords and codes before any work is done for them: by the account that they are for, whoever tries, and
 * by the client, whatever account it tries. Of an account only a hash is kept.
 */
@Injectable()
export class CredentialThrottle {
  constructor(
    private readonly throttling: Throttling,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /**
   * Counts a try for an account, by all the names that it was given.
   *
   * @throws RateLimitException when there were too many that failed.
   */
  async attempt(request: FastifyRequest, ...names: readonly string[]): Promise<CountedTry> {
    const { accountRate, clientRate } = this.options;
    const accounts = [...new Set(names.map(digestOf))].map((digest) => `auth:account:${digest}`);
    const keys: [string, ThrottleLimit][] = [
      [`auth:client:${clientAddressOf(request)}`, clientRate],
      ...accounts.map((key): [string, ThrottleLimit] => [key, accountRate]),
    ];
    const standings: ThrottleStanding[] = [];
    for (const [key, limit] of keys) standings.push(await this.#hit(key, limit));
    return {
      isLast: standings.slice(1).some(({ remaining }) => remaining === 0),
      succeeded: async () => {
        if (this.options.throttleEnabled) for (const [key, limit] of keys) await this.throttling.forgive(key, limit);
      },
    };
  }

  /** Counts a request that costs something without a secret being guessed. @throws RateLimitException */
  async request(request: FastifyRequest, kind: string): Promise<void> {
    await this.#hit(`auth:${kind}:${clientAddressOf(request)}`, this.options.requestRate);
  }

  /** Counts a mail to an address; answers whether it may be sent. Whoever asked for it must not learn. */
  async mail(email: string): Promise<boolean> {
    if (!this.options.throttleEnabled) return true;
    return (await this.throttling.hit(`auth:mail:${digestOf(email)}`, this.options.mailRate)).allowed;
  }

  async #hit(key: string, limit: ThrottleLimit): Promise<ThrottleStanding> {
    if (!this.options.throttleEnabled) return UNLIMITED;
    const standing = await this.throttling.hit(key, limit);
    if (!standing.allowed) throw throttled(standing);
    return standing;
  }
}

const UNLIMITED: ThrottleStanding = { allowed: true, limit: 0, remaining: Infinity, retryMs: 0, resetMs: 0 };

/** However an account is spelt it is the same one. */
function digestOf(account: string): string {
  return createHash('sha256').update(account.normalize('NFKC').trim().toLowerCase()).digest('base64url');
}
