import { NotFoundException } from '@core-framework/common';

/**
 * What a parameter of a path may be: a kind of text, one of some texts, or whatever matches an expression as a whole. An
 * `integer` is one that `Field.integer` holds, so that it may be looked for in any column of that kind.
 */
export type PathParameterKind = 'string' | 'integer' | 'uuid' | 'slug' | readonly string[] | RegExp;

/** Whether something is a kind that a parameter of a path may be of. */
export function isPathParameterKind(kind: unknown): kind is PathParameterKind {
  return kind === 'integer' || kind instanceof RegExp || Array.isArray(kind) || Object.hasOwn(SHAPES, String(kind));
}

/** Reads the text of a parameter. @throws NotFoundException when it is not what the parameter may be. */
export type ReadPathParameter = (text: string) => string | number;

/** The names of the parameters in a path: `rating/:stars` has `stars`. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

const SHAPES: Readonly<Record<'string' | 'uuid' | 'slug', RegExp>> = {
  // No text that is stored anywhere has a NUL.
  // oxlint-disable-next-line no-control-regex
  string: /^[^\0]+$/,
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  slug: /^[\w-]+$/,
};

export function compilePathParameter(kind: PathParameterKind): ReadPathParameter {
  if (kind === 'integer') return readInteger;
  const fits = matcherOf(kind);
  return (text) => {
    if (!fits(text)) throw new NotFoundException();
    return text;
  };
}

function matcherOf(kind: Exclude<PathParameterKind, 'integer'>): (text: string) => boolean {
  if (typeof kind === 'string') return (text) => SHAPES[kind].test(text);
  if (!(kind instanceof RegExp)) return (text) => kind.includes(text);
  const whole = new RegExp(`^(?:${kind.source})$`, kind.flags.replace(/[gy]/g, ''));
  return (text) => whole.test(text);
}

const SMALLEST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;

function readInteger(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < SMALLEST || value > LARGEST) throw new NotFoundException();
  return value;
}

/** What the API's documentation says of such a parameter. */
export function pathParameterSchema(kind: PathParameterKind): Readonly<Record<string, unknown>> {
  if (kind === 'integer') return { type: 'integer', minimum: SMALLEST, maximum: LARGEST };
  if (kind === 'uuid') return { type: 'string', format: 'uuid' };
  if (kind instanceof RegExp) return { type: 'string', pattern: `^(?:${kind.source})$` };
  if (typeof kind === 'string') return { type: 'string' };
  return { type: 'string', enum: [...kind] };
}
