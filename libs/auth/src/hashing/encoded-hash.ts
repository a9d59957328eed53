import { timingSafeEqual } from 'node:crypto';
import { AuthOptionsError } from '../errors/auth.errors.js';

/** A whole number as it stands in a stored hash; `undefined` beyond what may be worked with. */
export function costOf(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const cost = Number(text);
  return cost <= most ? cost : undefined;
}

/**
 * What {@link costOf} would not accept of a stored hash must not be made either: nobody could sign in by it.
 *
 * @throws AuthOptionsError for a parameter beyond what hashes are verified with.
 */
export function checkCosts(hasher: string, costs: Readonly<Record<string, readonly [number, number, number]>>): void {
  for (const [name, [cost, least, most]] of Object.entries(costs)) {
    if (Number.isSafeInteger(cost) && cost >= least && cost <= most) continue;
    throw new AuthOptionsError(
      `The hasher ${hasher} has ${name} ${String(cost)}, which is not from ${least} to ${most}.`,
      `Give a whole number from ${least} to ${most}.`,
    );
  }
}

/** Compares a digest with a stored one in Base64, in the same time whatever they hold. */
export function equalsDigest(digest: Buffer, stored: string): boolean {
  const expected = Buffer.from(stored, 'base64');
  return expected.length === digest.length && timingSafeEqual(digest, expected);
}
