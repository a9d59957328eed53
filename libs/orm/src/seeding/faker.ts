import type { Faker } from '@faker-js/faker';
import { MissingFakerError } from '../errors/seeding.errors.js';

/** What a seeded generator takes for today, so that its dates are the same every day. */
const FIXED_TODAY = new Date('2026-01-01T00:00:00.000Z');

/**
 * Makes a generator of its own: loading `@faker-js/faker` only when data is made keeps it out of production.
 *
 * @param seed makes every run give the same values, dates included.
 * @throws {MissingFakerError} when the package is not installed.
 */
export async function createFaker(seed?: number): Promise<Faker> {
  const {
    base,
    en,
    Faker: Generator,
  } = await import('@faker-js/faker').catch((error: unknown) => {
    throw new MissingFakerError(error);
  });
  const faker = new Generator({ locale: [en, base] });
  if (seed === undefined) return faker;
  faker.seed(seed);
  faker.setDefaultRefDate(FIXED_TODAY);
  return faker;
}
