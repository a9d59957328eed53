import { InvalidTaskOptionError } from '../errors/tasks.errors.js';

/** A length of time: seconds as a number, or text such as `'500ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds of a duration. @throws InvalidTaskOptionError when it is none, or negative. */
export function millisecondsOf(duration: Duration, what: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(typeof duration === 'string' ? duration : '') ?? [];
  const milliseconds =
    typeof duration === 'number' ? duration * 1000 : Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.round(milliseconds);
  throw new InvalidTaskOptionError(
    `${what} is ${JSON.stringify(duration)}, which is no length of time.`,
    "Give seconds, or text such as '500ms', '30s', '5m', '2h' or '1d'.",
  );
}
