import { InvalidOptionError, UnknownOptionError } from '../errors/viewset.errors.js';

/** What an option is, as far as a look at it tells; `other` are those that are read where they are used. */
export type OptionKind = 'flag' | 'text' | 'list' | 'record' | 'other';

const KINDS: Readonly<Record<OptionKind, { readonly fits: (value: unknown) => boolean; readonly fix: string }>> = {
  flag: { fits: (value) => typeof value === 'boolean', fix: 'Write true or false.' },
  text: { fits: (value) => typeof value === 'string', fix: "Write a text: '…'." },
  list: { fits: Array.isArray, fix: 'Write a list: […].' },
  record: { fits: isRecord, fix: 'Write an object: { … }.' },
  other: { fits: () => true, fix: '' },
};

/**
 * Refuses options that do not exist, and those that are of another kind.
 *
 * @throws UnknownOptionError, InvalidOptionError
 */
export function checkOptions<O extends object>(
  owner: string,
  options: O,
  kinds: Readonly<Record<keyof O & string, OptionKind>>,
): void {
  const known: Readonly<Record<string, OptionKind>> = kinds;
  if (!isRecord(options)) throw new InvalidOptionError(owner, `it is ${shown(options)}.`, KINDS.record.fix);
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!kind) throw new UnknownOptionError(owner, name, Object.keys(known));
    checkOption(owner, name, value, kind);
  }
}

/** @throws InvalidOptionError when an option that was given is of another kind. */
export function checkOption(owner: string, name: string, value: unknown, kind: OptionKind): void {
  if (value === undefined || KINDS[kind].fits(value)) return;
  throw new InvalidOptionError(owner, `"${name}" is ${shown(value)}.`, KINDS[kind].fix);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (typeof value === 'function') return value.name || 'a function';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
