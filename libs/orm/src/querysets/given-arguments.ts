import { types } from 'node:util';
import { InvalidLookupError } from '../errors/orm.errors.js';

/** What a method was given, as far as its error has to say so: the name of the model, and of the method or option. */
interface Asked {
  readonly model: string;
  readonly what: string;
}

/**
 * Makes sure that something is an object of named values. Everything else that has no keys (a list, a map, a promise that
 * nobody awaited) would pass for an object that names nothing, and so for a condition that every row meets.
 *
 * @throws InvalidLookupError when it is not.
 */
export function givenRecord(asked: Asked, given: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(given)) return given;
  throw wrong(asked, given, 'an object');
}

/** Makes sure that something is a list. @throws InvalidLookupError when it is not. */
export function givenList(asked: Asked, given: unknown): readonly unknown[] {
  if (Array.isArray(given) && !types.isProxy(given)) return given as unknown[];
  throw wrong(asked, given, 'a list');
}

/** Makes sure that something is a text. @throws InvalidLookupError when it is not. */
export function givenName(asked: Asked, given: unknown): string {
  if (typeof given === 'string') return given;
  throw wrong(asked, given, 'a name');
}

/** Options that may be left out. @throws InvalidLookupError when they are no object. */
export function givenOptions<O extends object>(asked: Asked, given: O | undefined): Partial<O> {
  return given === undefined ? {} : (givenRecord(asked, given) as Partial<O>);
}

/** Whether something is an object of which only its own keys and values are looked at, and which answers no questions. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.prototype.toString.call(value) === '[object Object]';
}

function wrong({ model, what }: Asked, given: unknown, wanted: string): InvalidLookupError {
  const kind =
    given === null ? 'null' : types.isProxy(given) ? 'a proxy' : Array.isArray(given) ? 'a list' : typeof given;
  return new InvalidLookupError(
    model,
    what,
    `${what} takes ${wanted}, not ${kind === 'object' ? 'such a one' : kind}.`,
  );
}
