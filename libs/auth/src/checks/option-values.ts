import { parseThrottleRate, type ThrottleLimit } from '@core-framework/common';
import type { TokenAlgorithm } from '@core-framework/config';
import type { AuthOptions } from '../auth.options.js';
import { AuthOptionsError } from '../errors/auth.errors.js';

const ALGORITHMS: readonly TokenAlgorithm[] = ['HS256', 'HS384', 'HS512', 'EdDSA', 'RS256'];

/** The least that each number may be. */
export const LEAST = {
  accessTokenExpireMinutes: 1,
  refreshTokenExpireDays: 1,
  sessionExpireDays: 1,
  refreshGraceSeconds: 0,
  passwordMinLength: 1,
  hashingConcurrency: 1,
  hashingQueue: 0,
  resetExpireMinutes: 1,
  verifyExpireHours: 1,
} as const satisfies Partial<Record<keyof AuthOptions, number>>;

export function algorithmOf(algorithm: TokenAlgorithm): TokenAlgorithm {
  if (ALGORITHMS.includes(algorithm)) return algorithm;
  throw new AuthOptionsError(
    `AuthModule: algorithm "${String(algorithm)}" is none.`,
    `Use one of ${ALGORITHMS.join(', ')}.`,
  );
}

export function addressOf(option: 'publicUrl' | 'oauthApiUrl', address: string): string {
  if (/^https?:\/\//.test(address) && URL.canParse(address)) return address;
  throw new AuthOptionsError(
    `AuthModule: ${option} "${address}" is no address.`,
    'Write the whole of it: https://example.com.',
  );
}

export function checkNumber(option: keyof typeof LEAST, value: number | undefined): void {
  const least = LEAST[option];
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new AuthOptionsError(
    `AuthModule: ${option} is ${String(value)}.`,
    `Give a whole number of ${least} or more, or leave it to the setting of its name.`,
  );
}

export function rateOf(option: string, rate: string): ThrottleLimit {
  const limit = parseThrottleRate(rate);
  if (limit) return limit;
  throw new AuthOptionsError(`AuthModule: ${option} "${rate}" is no rate.`, "Write '10/minute' or '5/15m'.");
}

export function prefixOf(prefix = 'key'): string {
  if (/^[a-z0-9]{1,20}$/.test(prefix)) return prefix;
  throw new AuthOptionsError(
    `AuthModule: apiKeyPrefix "${prefix}" is none.`,
    'Write small letters and digits, at most 20: acmelive.',
  );
}
