import { timingSafeEqual } from 'node:crypto';

/** A whole number as it stands in a stored hash; `undefined` beyond what may be worked with. */
export function costOf(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const cost = Number(text);
  return cost <= most ? cost : undefined;
}

/** Compares a digest with a stored one in Base64, in the same time whatever they hold. */
export function equalsDigest(digest: Buffer, stored: string): boolean {
  const expected = Buffer.from(stored, 'base64');
  return expected.length === digest.length && timingSafeEqual(digest, expected);
}
