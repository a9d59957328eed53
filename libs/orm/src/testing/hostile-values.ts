import { inspect } from 'node:util';

const OPERATOR = { $ne: null };
const POISONED: unknown = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}}');
/** Answers every question with an error. */
const PROXY = new Proxy(
  {},
  {
    get: () => {
      throw new Error('a trap of the proxy was sprung');
    },
    ownKeys: () => {
      throw new Error('a trap of the proxy was sprung');
    },
    getPrototypeOf: () => {
      throw new Error('a trap of the proxy was sprung');
    },
  },
);

/** What is of no column's type. */
const NOTHING_STORED = [OPERATOR, POISONED, ['x'], [[1]], () => 1, Symbol('x'), PROXY, new Map(), /x/, Number.NaN];
/** Texts that databases end early, cannot encode, or would read as SQL. */
const BROKEN_TEXTS = ['a\0b', '\ud800', 'a\udc00z'];
/** As JSON.parse reads 1e400. */
const TOO_LARGE = Number('1e400');
const SQL = ['title; drop table posts', 'title" desc --', "title' or 1=1", 'id desc, (select 1)'];

/** Values by what they are no example of; what reaches JSON, and what only code can make. */
export const HOSTILE = {
  text: [...NOTHING_STORED, ...BROKEN_TEXTS, 5, 5n, true, new Date()],
  integer: [...NOTHING_STORED, ...SQL, '1', 1.5, TOO_LARGE, -Infinity, 2 ** 31, 2 ** 53, 1e21, 5n, true, new Date()],
  bigInteger: [...NOTHING_STORED, ...SQL, 5, 2n ** 63n, -(2n ** 63n) - 1n, 10n ** 40n],
  float: [...NOTHING_STORED, ...SQL, '1', TOO_LARGE, -Infinity, 5n],
  decimal: [...NOTHING_STORED, ...SQL, 5, '1e9', '1'.repeat(60), 'NaN', 'Infinity'],
  boolean: [...NOTHING_STORED, 0, 1, 'true', 't'],
  datetime: [...NOTHING_STORED, ...SQL, '2026-01-01', 0, new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15)],
  date: [...NOTHING_STORED, ...SQL, '2026-02-30', '0000-01-01', 20260101, new Date()],
  time: [...NOTHING_STORED, ...SQL, '25:00', '1:2', 5],
  uuid: [...NOTHING_STORED, ...SQL, ...BROKEN_TEXTS, '00000000-0000-0000-0000', 5],
  choice: [...NOTHING_STORED, ...BROKEN_TEXTS, 5, 5n, true],
  json: [
    Number.NaN,
    TOO_LARGE,
    ...BROKEN_TEXTS,
    () => 1,
    Symbol('x'),
    PROXY,
    5n,
    new Map(),
    new Date(),
    { a: 5n },
    ['\0'],
  ],
  row: [...NOTHING_STORED, ...SQL, 1.5, 2 ** 31, 5n, new Date()],
  /** Where an object of names is wanted: what has no keys must not pass for one that names nothing. */
  record: [
    undefined,
    null,
    5,
    true,
    'x',
    [],
    ['title'],
    () => 1,
    Symbol('x'),
    5n,
    PROXY,
    new Map(),
    new Set(),
    new Date(),
    Promise.resolve({}),
  ],
  options: [null, 5, true, 'x', [], () => 1, Symbol('x'), PROXY, new Map()],
  name: [
    ...SQL,
    '',
    '__proto__',
    'constructor',
    'toString',
    'a\0b',
    '\ud800',
    'title__',
    '__title',
    undefined,
    null,
    5,
    OPERATOR,
    ['title'],
    () => 1,
    Symbol('x'),
    PROXY,
  ],
  /** Names where nothing but a text can stand: keys of an object. */
  key: [...SQL, '', '__proto__', 'constructor', 'toString', 'a\0b', '\ud800', 'title__', '__title'],
  list: [undefined, null, 5, 'x', OPERATOR, () => 1, Symbol('x'), PROXY, new Map()],
  count: [-1, 1.5, Number.NaN, TOO_LARGE, 2 ** 53, '1', '1; drop table posts', null, OPERATOR, [1], 5n, Symbol('x')],
  call: [undefined, null, 5, 'x', OPERATOR, [], PROXY],
} as const satisfies Record<string, readonly unknown[]>;

export type HostileKind = keyof typeof HOSTILE;

/** Tells a hostile value in the name of a test's failure. */
export function describeHostile(value: unknown): string {
  return value === PROXY ? 'a proxy' : inspect(value);
}
