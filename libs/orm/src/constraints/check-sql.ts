import { type AbstractSqlPlatform, BaseMySqlPlatform, BasePostgreSqlPlatform, SqlitePlatform } from '@mikro-orm/sql';
import type { SqlDialect } from '../context/database.js';
import { MigrationStateError } from '../errors/migration.errors.js';
import type { CheckOperand, CheckSpec, RawCheck } from './check-spec.js';

const COMPARISONS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const OPERATORS = { plus: '+', minus: '-', times: '*', dividedBy: '/' } as const;

/**
 * Writes a rule as SQL.
 *
 * @throws {MigrationStateError} when it is SQL of one's own and there is none for this database.
 */
export function checkSql(spec: CheckSpec, platform: AbstractSqlPlatform): string {
  if ('sql' in spec) return rawSql(spec, platform);
  if ('and' in spec) return joined(spec.and, 'and', platform);
  if ('or' in spec) return joined(spec.or, 'or', platform);
  if ('not' in spec) return `not (${checkSql(spec.not, platform)})`;
  const { column, in: list, isNull, ...comparisons } = spec;
  const name = platform.quoteIdentifier(column);
  if (isNull !== undefined) return `${name} is ${isNull ? '' : 'not '}null`;
  // Databases rewrite lists as they store them, each in its own way; comparisons they leave alone.
  if (list !== undefined) return list.map((value) => `${name} = ${operandSql(value, platform)}`).join(' or ');
  const [[key, operand] = []] = Object.entries(comparisons) as [keyof typeof COMPARISONS, CheckOperand][];
  if (key === undefined || operand === undefined) throw new TypeError(`the rule for "${column}" compares nothing`);
  return `${name} ${COMPARISONS[key]} ${operandSql(operand, platform)}`;
}

/**
 * Writes which rows an index holds; nothing where the database knows only indexes over all rows and more rows do no harm.
 *
 * @throws {MigrationStateError} when values would then have to be unique among rows that are not meant.
 */
export function indexPartSql(
  spec: CheckSpec | undefined,
  unique: boolean,
  platform: AbstractSqlPlatform,
): string | undefined {
  if (spec === undefined) return undefined;
  if (!(platform instanceof BaseMySqlPlatform)) return checkSql(spec, platform);
  if (!unique) return undefined;
  throw new MigrationStateError(
    'MySQL and MariaDB have no values that are unique among some rows only.',
    'Leave out "where", or keep the rule in code.',
  );
}

function joined(parts: readonly CheckSpec[], word: string, platform: AbstractSqlPlatform): string {
  return parts.map((part) => `(${checkSql(part, platform)})`).join(` ${word} `);
}

function operandSql(operand: CheckOperand, platform: AbstractSqlPlatform): string {
  if (typeof operand !== 'object') return platform.quoteValue(operand);
  if ('column' in operand) return platform.quoteIdentifier(operand.column);
  const [computed] = Object.entries(operand) as [keyof typeof OPERATORS, readonly [CheckOperand, CheckOperand]][];
  if (computed === undefined) throw new TypeError('a rule computes with nothing');
  const [operator, [left, right]] = computed;
  return `(${operandSql(left, platform)} ${OPERATORS[operator]} ${operandSql(right, platform)})`;
}

function rawSql({ sql }: RawCheck, platform: AbstractSqlPlatform): string {
  if (typeof sql === 'string') return sql;
  const dialect = dialectOf(platform);
  const text = sql[dialect];
  if (text !== undefined) return text;
  throw new MigrationStateError(
    `A rule in SQL has no text for ${dialect}.`,
    `Give it one: { sql: { ${dialect}: '…' } }.`,
  );
}

function dialectOf(platform: AbstractSqlPlatform): SqlDialect {
  if (platform instanceof SqlitePlatform) return 'sqlite';
  if (platform instanceof BasePostgreSqlPlatform) return 'postgresql';
  // MariaDB's platform adds to that of MySQL what MySQL has not.
  return platform.constructor.name.includes('MariaDb') ? 'mariadb' : 'mysql';
}
