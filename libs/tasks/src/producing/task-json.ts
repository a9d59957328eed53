import { InvalidTaskDataError } from '../errors/tasks.errors.js';

/**
 * JSON of a value that comes out of it as it went in; what would change on the way is refused. Members that are `undefined`
 * are left out, elements that are become `null`.
 *
 * @throws InvalidTaskDataError naming the place
 */
export function taskJson(value: unknown, place: string): string {
  check(value, place, []);
  return JSON.stringify(value ?? null);
}

function check(value: unknown, place: string, around: readonly unknown[]): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw new InvalidTaskDataError(place, String(value));
  }
  if (typeof value !== 'object') throw new InvalidTaskDataError(place, `a ${typeof value}`);
  if (around.includes(value)) throw new InvalidTaskDataError(place, 'part of itself');
  const within = [...around, value];
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) check(element, `${place}[${index}]`, within);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new InvalidTaskDataError(place, `a ${value.constructor.name}`);
  }
  for (const [key, member] of Object.entries(value)) check(member, `${place}.${key}`, within);
}
