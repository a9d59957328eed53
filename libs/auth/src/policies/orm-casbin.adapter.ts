import { F, InjectManager, type Manager } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import type { BatchAdapter, FilteredAdapter, Model, UpdatableAdapter } from 'casbin';
import { InvalidPolicyError } from '../errors/permission.errors.js';
import { CasbinRule, PolicyVersion, RULE_VALUES, ruleOf, ruleRow } from './casbin-rule.model.js';
import { appendRule } from './model-rules.js';

/** What `loadFilteredPolicy` reads: types of rules, and values by place (`{ v0: ['role:editor'] }`). */
export type PolicyFilter = Partial<Record<'ptype' | (typeof RULE_VALUES)[number], readonly string[]>>;

const THE_VERSION = 'rules';

/**
 * Keeps the rules of a Casbin enforcer in the table `casbin_rule`. Rules are added as often as one likes and are there
 * once; every change is one transaction, which also counts {@link PolicyVersion} up.
 */
@Injectable()
export class OrmCasbinAdapter implements BatchAdapter, FilteredAdapter, UpdatableAdapter {
  #filtered = false;

  constructor(
    @InjectManager(CasbinRule) private readonly rules: Manager<CasbinRule>,
    @InjectManager(PolicyVersion) private readonly versions: Manager<PolicyVersion>,
  ) {}

  async loadPolicy(model: Model): Promise<void> {
    await this.#load(model, {});
    this.#filtered = false;
  }

  async loadFilteredPolicy(model: Model, filter: PolicyFilter): Promise<void> {
    await this.#load(model, filter);
    this.#filtered = true;
  }

  isFiltered(): boolean {
    return this.#filtered;
  }

  /** Adds what the model holds and the table does not; nothing is deleted. Casbin refuses to call it when filtered. */
  async savePolicy(model: Model): Promise<boolean> {
    await this.#write(async () => {
      for (const section of ['p', 'g']) {
        for (const [ptype, { policy }] of model.model.get(section) ?? []) await this.#add(ptype, policy);
      }
    });
    return true;
  }

  addPolicy(_section: string, ptype: string, rule: string[]): Promise<void> {
    return this.addPolicies(_section, ptype, [rule]);
  }

  addPolicies(_section: string, ptype: string, rules: string[][]): Promise<void> {
    return this.#write(() => this.#add(ptype, rules));
  }

  removePolicy(_section: string, ptype: string, rule: string[]): Promise<void> {
    return this.removePolicies(_section, ptype, [rule]);
  }

  removePolicies(_section: string, ptype: string, rules: string[][]): Promise<void> {
    return this.#write(() => this.#remove(ptype, rules));
  }

  async removeFilteredPolicy(_s: string, ptype: string, fieldIndex: number, ...fieldValues: string[]): Promise<void> {
    // An empty value stands for any, as in Casbin; without one that says something all rules would go.
    const wanted = fieldValues.flatMap((value, offset) => (value === '' ? [] : [[`v${fieldIndex + offset}`, value]]));
    if (wanted.length === 0) throw new InvalidPolicyError([ptype], 'is to be removed by no value', 'Name one.');
    await this.#write(async () => {
      await this.rules.where({ ptype, ...Object.fromEntries(wanted) }).delete();
    });
  }

  updatePolicy(_section: string, ptype: string, oldRule: string[], newRule: string[]): Promise<void> {
    return this.#write(async () => {
      await this.#remove(ptype, [oldRule]);
      await this.#add(ptype, [newRule]);
    });
  }

  /** How often the rules have changed. */
  async version(): Promise<number> {
    // Rules that a late replica has would count as those of a version that it does not have.
    const [row] = await this.versions
      .filter({ name: THE_VERSION })
      .using('primary')
      .rows({ columns: ['version'] });
    return (row?.['version'] as number | undefined) ?? 0;
  }

  async #load(model: Model, filter: PolicyFilter): Promise<void> {
    const conditions = Object.entries(filter).map(([column, values]) => [`${column}__in`, values] as const);
    const rules = this.rules.where(Object.fromEntries(conditions)).using('primary');
    for (const row of await rules.orderBy('id').all()) {
      appendRule(model, row.ptype, ruleOf(row));
    }
  }

  async #add(ptype: string, rules: readonly (readonly string[])[]): Promise<void> {
    const long = rules.find((rule) => rule.length > RULE_VALUES.length);
    if (long) throw new InvalidPolicyError([ptype, ...long], 'has more than six values', 'Shorten it.');
    const rows = rules.map((rule) => ruleRow(ptype, rule));
    if (rows.length > 0) await this.rules.bulkCreate(rows, { ignoreConflicts: true });
  }

  async #remove(ptype: string, rules: readonly (readonly string[])[]): Promise<void> {
    await this.rules.filter({ digest__in: rules.map((rule) => ruleRow(ptype, rule).digest) }).delete();
  }

  /** The version is counted first: its row makes writers wait for each other. */
  #write(change: () => Promise<void>): Promise<void> {
    return this.rules.atomic(async () => {
      await this.versions.getOrCreate({ name: THE_VERSION });
      await this.versions.filter({ name: THE_VERSION }).update({ version: F('version').plus(1) });
      await change();
    });
  }
}
