import { createHash } from 'node:crypto';
import { Field, type Manager, Model, type NewRow, PlainModel } from '@core-framework/orm';

/** Values that a rule has at most. */
export const RULE_VALUES = ['v0', 'v1', 'v2', 'v3', 'v4', 'v5'] as const;

/** A rule of Casbin: its type (`p`, `g`) and its values; those that it does not have are empty. */
@Model({ tableName: 'casbin_rule' })
export class CasbinRule extends PlainModel {
  declare static readonly objects: Manager<CasbinRule>;

  @Field.pk() id!: number;
  @Field.string({ maxLength: 10, index: true }) ptype!: string;
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v0 = '';
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v1 = '';
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v2 = '';
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v3 = '';
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v4 = '';
  @Field.string({ maxLength: 1000, blank: true, default: '' }) v5 = '';
  /** SHA-256 of the rule: all values together are too long for the unique index of some databases. */
  @Field.string({ maxLength: 64, unique: true, hidden: true }) digest!: string;
}

/** Counts the changes of {@link CasbinRule}, so that every process sees when its rules are old. One row. */
@Model({ tableName: 'casbin_version' })
export class PolicyVersion extends PlainModel {
  declare static readonly objects: Manager<PolicyVersion>;

  @Field.pk() id!: number;
  @Field.string({ maxLength: 20, unique: true }) name!: string;
  @Field.integer({ default: 0 }) version = 0;
}

/** The row of a rule. */
export function ruleRow(ptype: string, rule: readonly string[]): NewRow<CasbinRule> & { readonly digest: string } {
  const values = RULE_VALUES.map((_, index) => rule[index] ?? '');
  const [v0 = '', v1 = '', v2 = '', v3 = '', v4 = '', v5 = ''] = values;
  return { ptype, v0, v1, v2, v3, v4, v5, digest: digestOf([ptype, ...values]) };
}

/** The values of a row, without the empty ones at the end. */
export function ruleOf(row: CasbinRule): string[] {
  const values = RULE_VALUES.map((name) => row[name]);
  return values.slice(0, values.findLastIndex((value) => value !== '') + 1);
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
