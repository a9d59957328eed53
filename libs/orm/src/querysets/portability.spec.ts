import { beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Item, PORTABLE_MODELS, Remark, Shelf } from '../testing/portable.models.js';
import { Avg, Count, Max, Min, Sum } from './aggregate.js';
import type { DynamicLookups } from './condition.js';

/** Texts that differ in case, accents, blanks, and in what patterns take for their own. */
const TEXTS = [
  ['a', 'A', 'ab', 'AB', 'abc', 'a%b', 'a_b', 'aXb', 'a\\b', 'a\\\\b', 'A%B', '%', '_', '\\', '100%', '\\%', ''],
  ['a ', ' a', 'a  ', ' ', 'tab\t', 'a\nb', '\u00a0a', "o'k", '"q"', '`q`', '?', '$1', ':name', '😀', '😀a'],
  ['ß', 'ẞ', 'ss', 'SS', 'İ', 'i', 'I', 'ı', 'i\u0307', 'Σ', 'σ', 'ς', 'ΟΔΟΣ', 'οδος', 'οδοσ', 'ſ', 'K'],
  ['é', 'É', 'e', 'E', 'e\u0301', 'Ÿ', 'ÿ', 'Ж', 'ж', 'Ѐ', 'ѐ', 'Ⱥ', 'ⱥ', 'Ǆ', 'ǅ', 'ǆ', '𐐀', '𐐨', 'ﬁ', 'FI', 'Ա', 'ա'],
].flat();
/** Each character on its own, by Unicode's simple mapping: one character stays one. */
const fold = (text: string) =>
  [...text].map((one) => (one === 'İ' ? 'i' : one === 'Σ' ? 'σ' : one.toLowerCase())).join('');
const byCodePoint = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

const TEXT_ORACLES: Readonly<Record<string, (stored: string, given: string) => boolean>> = {
  exact: (stored, given) => stored === given,
  iexact: (stored, given) => fold(stored) === fold(given),
  contains: (stored, given) => stored.includes(given),
  icontains: (stored, given) => fold(stored).includes(fold(given)),
  startswith: (stored, given) => stored.startsWith(given),
  istartswith: (stored, given) => fold(stored).startsWith(fold(given)),
  endswith: (stored, given) => stored.endsWith(given),
  iendswith: (stored, given) => fold(stored).endsWith(fold(given)),
  gt: (stored, given) => byCodePoint(stored, given) > 0,
  gte: (stored, given) => byCodePoint(stored, given) >= 0,
  lt: (stored, given) => byCodePoint(stored, given) < 0,
  lte: (stored, given) => byCodePoint(stored, given) <= 0,
};

const UUIDS = [1, 2, 10].map((number) => `0190163d-8694-739b-aea5-${number.toString(16).padStart(12, 'a')}`);
const at = (text: string) => new Date(text);
/** Values by field, at the ends of what each type holds. */
const VALUES = {
  count: [0, -1, 1, 2_147_483_647, -2_147_483_648, 42],
  big: [0n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 2n ** 53n + 1n, -1n],
  ratio: [0, 0.1, 0.1 + 0.2, 0.3, -1e-7, 1.7e308, 5e-324, 1e21],
  amount: ['0.0000', '0.1000', '-0.1000', '99999999999.9999', '-99999999999.9999', '10.0000', '9.0000', '0.0001'],
  isOpen: [true, false],
  at: [
    ['1970-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '2024-02-29T12:00:00.123Z', '2026-03-29T01:30:00.000Z'],
    ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    ['2038-01-19T03:14:08.000Z', '1883-11-18T12:03:58.000Z', '1582-10-15T00:00:00.000Z'],
  ]
    .flat()
    .map(at),
  day: ['0001-01-01', '9999-12-31', '2024-02-29', '2025-12-31', '2026-01-01', '1582-10-04', '1969-12-31'],
  hour: ['00:00:00', '23:59:59', '12:00:00', '09:59:59', '10:00:00'],
  token: UUIDS,
  mood: ['low', 'high', "it's"],
} as const;
type FieldName = keyof typeof VALUES;
const FIELDS = Object.keys(VALUES) as FieldName[];
/** Fields that are the same or not, and neither less nor greater. */
const EQUAL_ONLY: readonly FieldName[] = ['isOpen', 'mood'];

/** A form in which values of a type can be compared. */
function rank(field: FieldName, value: unknown): number | bigint | string {
  if (field === 'amount') return BigInt(String(value).replace('.', ''));
  if (value instanceof Date) return value.getTime();
  if (field === 'token') return String(value).toLowerCase();
  return typeof value === 'boolean' ? Number(value) : (value as number | bigint | string);
}

interface Row {
  readonly label: string;
  readonly shelf?: string;
  readonly remarks: readonly string[];
  readonly values: Readonly<Record<FieldName, unknown>>;
}

/** As many rows as texts; every value of every field, and `null`, comes up. */
const ROWS: readonly Row[] = TEXTS.map((label, index) => {
  const turn = <T>(values: readonly T[], step: number): T => values[(index * step + step) % values.length] as T;
  return {
    label,
    ...(index % 7 !== 0 && { shelf: turn(TEXTS, 1) }),
    remarks: index % 5 === 0 ? [] : [turn(TEXTS, 3), turn(TEXTS, 5)],
    values: Object.fromEntries(
      FIELDS.map((field, step) => [field, turn<unknown>([...VALUES[field], null], (step % 3) + 1)]),
    ) as Row['values'],
  };
});
const DATA = [{ a: [1, null, { b: 'ü' }], c: 1.5 }, [], {}, 'text', '', 0, false, ['"', '\\', '\u2028'], 1e21, null];
const PATHS: Readonly<Record<string, (row: Row) => readonly string[]>> = {
  label: ({ label }) => [label],
  shelf__name: ({ shelf }) => (shelf === undefined ? [] : [shelf]),
  remarks__text: ({ remarks }) => remarks,
};

describeEachDatabase(PORTABLE_MODELS, ({ run }) => {
  let ids: readonly number[] = [];

  beforeEach(() =>
    run(async () => {
      const named = ROWS.filter(({ shelf }) => shelf !== undefined);
      const shelves = await Shelf.objects.bulkCreate(named.map(({ shelf = '' }) => ({ name: shelf })));
      const items = await Item.objects.bulkCreate(
        ROWS.map((row, index) => ({
          ...(row.values as object),
          label: row.label,
          note: index % 4 === 0 ? null : row.label,
          data: DATA[index % DATA.length],
          shelf: shelves[named.indexOf(row)] ?? null,
        })) as Parameters<typeof Item.objects.bulkCreate>[0],
      );
      ids = items.map(({ id }) => id);
      await Remark.objects.bulkCreate(
        ROWS.flatMap(({ remarks }, index) => remarks.map((text) => ({ text, item: ids[index] ?? 0 }))),
      );
    }),
  );

  /** The positions of the rows that a lookup finds, in their order. */
  const found = async (lookups: DynamicLookups) => {
    const keys = await Item.objects.filter(lookups as never).pluck('id');
    return keys.map((id) => ids.indexOf(id)).sort((left, right) => left - right);
  };
  const expected = (holds: (row: Row) => boolean) => ROWS.flatMap((row, index) => (holds(row) ? [index] : []));

  describe.each(Object.entries(PATHS))('texts at %s', (path, textsOf) => {
    test.each(Object.entries(TEXT_ORACLES))('%s', (lookup, holds) =>
      run(async () => {
        for (const given of TEXTS) {
          expect([given, await found({ [`${path}__${lookup}`]: given })]).toEqual([
            given,
            expected((row) => textsOf(row).some((text) => holds(text, given))),
          ]);
        }
      }),
    );

    test('in, range, isnull', () =>
      run(async () => {
        for (const given of [[], TEXTS.slice(0, 9), ['é', 'a ', ''], ['nowhere']]) {
          expect(await found({ [`${path}__in`]: given })).toEqual(
            expected((row) => textsOf(row).some((text) => given.includes(text))),
          );
        }
        expect(await found({ [`${path}__range`]: ['A', 'é'] })).toEqual(
          expected((row) => textsOf(row).some((text) => byCodePoint(text, 'A') >= 0 && byCodePoint(text, 'é') <= 0)),
        );
        expect(await found({ [`${path}__isnull`]: false })).toEqual(expected((row) => textsOf(row).length > 0));
      }));
  });

  test('every letter of the scripts of Europe is folded alike', () =>
    run(async () => {
      const letters: string[] = [];
      for (const [first, last] of [
        [0x41, 0x36f],
        [0x386, 0x556],
        [0x1e00, 0x1fff],
        [0x10400, 0x10427],
      ] as const) {
        for (let code = first; code <= last; code++) {
          const letter = String.fromCodePoint(code);
          // Letters that Unicode has got since 5.2 are not known to MariaDB.
          if (fold(letter) !== letter && !(code >= 0x526 && code <= 0x52f)) letters.push(letter);
        }
      }
      const made = await Item.objects.bulkCreate(
        letters.map((label) => ({ label })) as Parameters<typeof Item.objects.bulkCreate>[0],
      );
      const first = Math.min(...made.map(({ id }) => id));
      const missing: string[] = [];
      for (const letter of letters) {
        const same = await Item.objects.filter({ id__gte: first, label__iexact: fold(letter) }).pluck('label');
        if (!same.includes(letter)) missing.push(letter);
      }
      expect(missing).toEqual([]);
    }));

  describe.each(FIELDS)('values of %s', (field) => {
    const values: readonly unknown[] = VALUES[field];
    const of = (row: Row) => row.values[field];
    const compared = (row: Row, given: unknown): number => {
      const [left, right] = [rank(field, of(row)), rank(field, given)];
      return left < right ? -1 : left > right ? 1 : 0;
    };

    test('come back as they were', () =>
      run(async () => {
        const read = await Item.objects.orderBy('id').pluck(field);
        expect(read).toEqual(ROWS.map(of));
      }));

    test('exact, in, isnull', () =>
      run(async () => {
        for (const given of values) {
          expect([given, await found({ [field]: given })]).toEqual([
            given,
            expected((row) => of(row) !== null && compared(row, given) === 0),
          ]);
        }
        for (const given of [values.slice(0, 2), values.slice(1), values]) {
          expect(await found({ [`${field}__in`]: given })).toEqual(
            expected((row) => of(row) !== null && given.some((value) => compared(row, value) === 0)),
          );
        }
        expect(await found({ [`${field}__isnull`]: true })).toEqual(expected((row) => of(row) === null));
        expect(await found({ [`${field}__isnull`]: false })).toEqual(expected((row) => of(row) !== null));
        expect(await found({ [field]: null })).toEqual(expected((row) => of(row) === null));
      }));

    if (EQUAL_ONLY.includes(field)) {
      test('are neither less nor greater', () =>
        run(async () => {
          for (const lookup of ['gt', 'gte', 'lt', 'lte', 'range'])
            await expect(found({ [`${field}__${lookup}`]: values[0] })).rejects.toBeInstanceOf(InvalidLookupError);
        }));
      return;
    }

    test('gt, gte, lt, lte, range', () =>
      run(async () => {
        const oracles: Readonly<Record<string, (order: number) => boolean>> = {
          gt: (order) => order > 0,
          gte: (order) => order >= 0,
          lt: (order) => order < 0,
          lte: (order) => order <= 0,
        };
        for (const [lookup, holds] of Object.entries(oracles)) {
          for (const given of values) {
            expect([lookup, given, await found({ [`${field}__${lookup}`]: given })]).toEqual([
              lookup,
              given,
              expected((row) => of(row) !== null && holds(compared(row, given))),
            ]);
          }
        }
        const [low, high] = [values[0], values[1]];
        expect(await found({ [`${field}__range`]: [low, high] })).toEqual(
          expected((row) => of(row) !== null && compared(row, low) >= 0 && compared(row, high) <= 0),
        );
      }));

    test('order, empty ones last, and first in reverse', () =>
      run(async () => {
        const ordered = (sign: number) =>
          ROWS.map((_row, index) => index).sort((left, right) => {
            const [a, b] = [ROWS[left], ROWS[right]] as [Row, Row];
            if (of(a) === null || of(b) === null) {
              return sign * (Number(of(a) === null) - Number(of(b) === null)) || left - right;
            }
            return sign * compared(a, of(b)) || left - right;
          });
        const sorted = async (...order: string[]) =>
          (await Item.objects.orderBy(...(order as ['id'])).pluck('id')).map((id) => ids.indexOf(id));
        expect(await sorted(field, 'id')).toEqual(ordered(1));
        expect(await sorted(`-${field}`, 'id')).toEqual(ordered(-1));
      }));

    test('the least, the greatest and the number of different ones', () =>
      run(async () => {
        const present = ROWS.filter((row) => of(row) !== null).sort((a, b) => compared(a, of(b)));
        const { least, greatest, different, number } = await Item.objects.aggregate({
          least: Min(field as 'count'),
          greatest: Max(field as 'count'),
          different: Count(field, { distinct: true }),
          number: Count(field),
        });
        expect([least, greatest, different, number]).toEqual([
          of(present[0]!),
          of(present.at(-1)!),
          new Set(present.map((row) => rank(field, of(row)))).size,
          present.length,
        ]);
      }));
  });

  test.each(['at', 'day'] as const)('year, month and day of %s', (field) =>
    run(async () => {
      const part = (row: Row, from: number, to: number) => {
        const value = row.values[field];
        return value === null
          ? undefined
          : Number((value instanceof Date ? value.toISOString() : (value as string)).slice(from, to));
      };
      for (const year of [1, 1582, 1969, 1970, 2024, 2025, 2026, 9999]) {
        expect([year, await found({ [`${field}__year`]: year })]).toEqual([
          year,
          expected((row) => part(row, 0, 4) === year),
        ]);
      }
      for (const month of [1, 2, 10, 12]) {
        expect([month, await found({ [`${field}__month`]: month })]).toEqual([
          month,
          expected((row) => part(row, 5, 7) === month),
        ]);
      }
      for (const day of [1, 4, 29, 31]) {
        expect([day, await found({ [`${field}__day`]: day })]).toEqual([
          day,
          expected((row) => part(row, 8, 10) === day),
        ]);
      }
    }),
  );

  test('a uuid is the same in upper case', () =>
    run(async () => {
      const [first = ''] = UUIDS;
      expect(await found({ token: first.toUpperCase() })).toEqual(expected(({ values }) => values.token === first));
      expect(await found({ token__in: [first.toUpperCase()] })).toEqual(
        expected(({ values }) => values.token === first),
      );
    }));

  test('JSON comes back as it was, and null is empty', () =>
    run(async () => {
      expect(await Item.objects.orderBy('id').pluck('data')).toEqual(
        ROWS.map((_row, index) => DATA[index % DATA.length]),
      );
      expect(await found({ data__isnull: true })).toEqual(
        ROWS.flatMap((_row, index) => (DATA[index % DATA.length] === null ? [index] : [])),
      );
    }));

  test('texts are sorted by code point, and different unless every character is the same', () =>
    run(async () => {
      const sorted = [...TEXTS].sort(byCodePoint);
      expect(await Item.objects.orderBy('label').pluck('label')).toEqual(sorted);
      expect(await Item.objects.orderBy('-label').pluck('label')).toEqual(sorted.toReversed());
      expect((await Item.objects.distinct().values('label')).length).toBe(TEXTS.length);
      expect((await Item.objects.aggregate({ n: Count('label', { distinct: true }) })).n).toBe(TEXTS.length);
      const groups = await Item.objects.groupBy('label').annotate({ n: Count() }).all();
      expect(groups.map(({ n }) => n)).toEqual(TEXTS.map(() => 1));
      const { least, greatest } = await Item.objects.aggregate({ least: Min('label'), greatest: Max('label') });
      expect([least, greatest]).toEqual([sorted[0], sorted.at(-1)]);
    }));

  test('related texts sort, empty relations last', () =>
    run(async () => {
      const keys = await Item.objects.orderBy('shelf__name', 'id').pluck('id');
      const order = ROWS.map((row, index) => ({ row, index })).sort(
        ({ row: a, index: left }, { row: b, index: right }) =>
          a.shelf === undefined || b.shelf === undefined
            ? Number(a.shelf === undefined) - Number(b.shelf === undefined) || left - right
            : byCodePoint(a.shelf, b.shelf) || left - right,
      );
      expect(keys.map((id) => ids.indexOf(id))).toEqual(order.map(({ index }) => index));
    }));

  test('sums and means are exact where numbers are', () =>
    run(async () => {
      const amounts = ROWS.flatMap(({ values }) =>
        values.amount === null ? [] : [rank('amount', values.amount) as bigint],
      );
      const counts = ROWS.flatMap(({ values }) => (values.count === null ? [] : [Number(values.count)]));
      const sum = amounts.reduce((total, amount) => total + amount, 0n);
      const total = counts.reduce((left, right) => left + right, 0);
      const made = await Item.objects.aggregate({ amount: Sum('amount'), count: Sum('count'), mean: Avg('count') });
      expect([BigInt(String(made.amount).replace('.', '')), made.count]).toEqual([sum, total]);
      expect(made.mean).toBeCloseTo(total / counts.length, 4);
      expect(await Item.objects.filter({ label: 'nowhere' }).aggregate({ amount: Sum('amount'), n: Count() })).toEqual({
        amount: null,
        n: 0,
      });
    }));

  test('groups by truth, by choice and by part of a date', () =>
    run(async () => {
      const counted = <T>(of: (row: Row) => T) => {
        const groups = new Map<T, number>();
        for (const row of ROWS) groups.set(of(row), (groups.get(of(row)) ?? 0) + 1);
        return groups;
      };
      const asMap = (rows: readonly object[], key: string) =>
        new Map(rows.map((row) => [Reflect.get(row, key) as unknown, Reflect.get(row, 'n') as unknown] as const));
      expect(asMap(await Item.objects.groupBy('isOpen').annotate({ n: Count() }).all(), 'isOpen')).toEqual(
        counted(({ values }) => values.isOpen),
      );
      expect(asMap(await Item.objects.groupBy('mood').annotate({ n: Count() }).all(), 'mood')).toEqual(
        counted(({ values }) => values.mood),
      );
      expect(asMap(await Item.objects.groupBy('at__year').annotate({ n: Count() }).all(), 'at__year')).toEqual(
        counted(({ values: { at: time } }) => (time instanceof Date ? time.getUTCFullYear() : null)),
      );
    }));
});
