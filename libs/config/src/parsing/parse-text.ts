import type { SettingDefinition } from '../definition/setting-definition.js';
import type { ScalarKind } from '../definition/value-shape.js';

/** A typed value, or what the text should have been. */
export type ParsedText = { readonly value: unknown } | { readonly expected: string };

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);
const INTEGER = /^[+-]?\d{1,16}$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;

const EXPECTED: Readonly<Record<ScalarKind, string>> = {
  string: 'a text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

/** Turns the text of a variable into the value its setting declares, without judging more than the form. */
export function parseText(text: string, definition: SettingDefinition): ParsedText {
  if (text.includes('\0')) return { expected: 'a text without NUL characters' };
  return definition.shape.list ? parseList(text, definition) : parseScalar(text, definition);
}

function parseList(text: string, definition: SettingDefinition): ParsedText {
  const items = splitList(text.trim());
  if (items === undefined) return { expected: 'a list, either separated by commas or as a JSON array' };
  const values: unknown[] = [];
  for (const item of items) {
    const parsed = parseScalar(item, definition);
    if ('expected' in parsed) return { expected: `a list of which each item is ${parsed.expected}` };
    values.push(parsed.value);
  }
  return { value: Object.freeze(values) };
}

function splitList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(items) || items.some((item) => item === null || typeof item === 'object')) return undefined;
  return items.map(String);
}

function parseScalar(text: string, { shape: { kind, choices }, options }: SettingDefinition): ParsedText {
  const value = choices === undefined ? convert(text, kind) : choose(text.trim(), choices, options.synonyms);
  if (value !== undefined) return { value };
  return { expected: choices === undefined ? EXPECTED[kind] : `one of ${choices.join(', ')}` };
}

function convert(text: string, kind: ScalarKind): unknown {
  const trimmed = text.trim();
  switch (kind) {
    case 'string':
      return text;
    case 'boolean':
      return BOOLEANS.get(trimmed.toLowerCase());
    case 'integer': {
      const value = INTEGER.test(trimmed) ? Number(trimmed) : Number.NaN;
      return Number.isSafeInteger(value) ? value : undefined;
    }
    case 'number': {
      const value = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
      return Number.isFinite(value) ? value : undefined;
    }
  }
}

function choose(text: string, choices: readonly string[], synonyms: Readonly<Record<string, string>> = {}): unknown {
  const wanted = text.toLowerCase();
  const named = Object.entries(synonyms).find(([synonym]) => synonym.toLowerCase() === wanted)?.[1];
  return named ?? choices.find((choice) => choice.toLowerCase() === wanted);
}
