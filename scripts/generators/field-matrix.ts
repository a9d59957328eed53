import { FieldSyntaxError, type FieldTypeName, parseField, rulesOf, SCALAR_TYPES } from '@core-framework/schematics';

const TEXT_RULES = { min: '3', max: '40', len: '24' };
const NUMBER_RULES = { min: '1', ge: '1', gte: '2', gt: '0', max: '90', le: '90', lte: '80', lt: '95' };

/** A value for each rule that takes one; by type where types differ. */
const VALUES: Readonly<Record<string, string>> = {
  precision: '8',
  scale: '1',
  in: '1|2|3',
  from: 'title',
  inverse: 'none',
};

const DEFAULTS: Readonly<Partial<Record<FieldTypeName, string>>> = {
  string: '"plain words"',
  text: '"plain words, and more"',
  integer: '5',
  bigint: '5',
  float: '5.5',
  decimal: '5.5',
  money: '5.5',
  percent: '5.5',
  boolean: 'true',
  datetime: 'now',
  date: 'today',
  time: '09:00',
  email: 'nobody@example.com',
  url: 'https://example.com/',
  uuid: 'random',
  json: '"{}"',
  phone: '+15550100',
  slug: 'a-slug',
  ip: '127.0.0.1',
  color: '#336699',
  enum: 'draft',
};

function ruleText(type: FieldTypeName, rule: string): string {
  const isText = ['string', 'text', 'email', 'url', 'phone', 'slug'].includes(type);
  const values: Readonly<Record<string, string>> = { ...VALUES, ...(isText ? TEXT_RULES : NUMBER_RULES) };
  if (rule === 'in' && isText) return 'in:alpha|bravo|charlie';
  if (rule === 'default') return `default:${DEFAULTS[type] ?? ''}`;
  if (type === 'phone' && rule === 'len') return 'len:12';
  if (type === 'phone' && rule === 'max') return 'max:18';
  const value = values[rule];
  return value === undefined ? rule : `${rule}:${value}`;
}

/** Whether the grammar accepts these rules together. */
function isPossible(type: FieldTypeName, rules: readonly string[]): boolean {
  try {
    parseField(fieldText('field', type, rules));
    return true;
  } catch (error) {
    if (error instanceof FieldSyntaxError) return false;
    throw error;
  }
}

/** A field as it is written. */
export function fieldText(name: string, type: FieldTypeName, rules: readonly string[]): string {
  const written = rules.map((rule) => ruleText(type, rule)).join(',');
  return [name, type === 'enum' ? 'enum(draft|live|old)' : type, written].filter((part) => part !== '').join(':');
}

/** Sets of rules of a type in which every two rules that go together do so at least once. */
function ruleSets(type: FieldTypeName): string[][] {
  const rules = rulesOf(type).filter((rule) => rule !== 'foreign' && isPossible(type, withHelpers(type, [rule])));
  const pairs = new Set<string>();
  const key = (one: string, other: string) => [one, other].toSorted().join('+');
  for (const one of rules) {
    for (const other of rules) {
      if (one < other && isPossible(type, withHelpers(type, [one, other]))) pairs.add(key(one, other));
    }
  }
  const sets: string[][] = [[]];
  while (pairs.size > 0) {
    const [first = ''] = pairs;
    const set = withHelpers(type, first.split('+'));
    for (const rule of rules) {
      const gain = set.some((present) => pairs.has(key(present, rule)));
      if (gain && !set.includes(rule) && isPossible(type, [...set, rule])) set.push(rule);
    }
    for (const one of set) for (const other of set) pairs.delete(key(one, other));
    sets.push(set);
  }
  return sets;
}

/** What a client may not set needs a value from elsewhere. */
function withHelpers(type: FieldTypeName, rules: readonly string[]): string[] {
  const isLocked = rules.includes('readonly') || rules.includes('hidden');
  return isLocked && !isPossible(type, rules) && !rules.includes('nullable') && !rules.includes('required')
    ? [...rules, 'nullable']
    : [...rules];
}

/** Every scalar type with its sets of rules. */
export function scalarFields(): { readonly type: FieldTypeName; readonly rules: readonly string[] }[] {
  return SCALAR_TYPES.flatMap((type) => ruleSets(type).map((rules) => ({ type, rules })));
}
