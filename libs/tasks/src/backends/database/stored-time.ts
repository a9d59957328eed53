/** A point in time as a driver answers it: milliseconds (SQLite), a Date, or text in UTC. */
export type StoredTime = number | string | Date;

/** The instant that a column holds. */
export function instantOf(stored: StoredTime): Date {
  if (stored instanceof Date || typeof stored === 'number') return new Date(stored);
  return new Date(/[zZ]|[+-]\d\d(?::?\d\d)?$/.test(stored) ? stored : `${stored.replace(' ', 'T')}Z`);
}
