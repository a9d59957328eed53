import { type CheckFinding, type Clock, ServiceUnavailableException } from '@core-framework/common';
import { atomic, onCommit, runInContext } from '@core-framework/orm';
import { InvalidPolicyError } from '../errors/permission.errors.js';
import type { Grants } from '../permissions/grants.js';
import { DEEPEST_CHAIN } from './granted-roles.js';
import { appendRule, longestChain } from './model-rules.js';
import type { OrmCasbinAdapter } from './orm-casbin.adapter.js';
import type { PolicyWatcher, ResolvedPolicyOptions } from './policy-options.js';
import { judgesObjects, type PolicyQuestion, PolicySet } from './policy-set.js';
import { RoleGraph } from './role-graph.js';
import { RuleIndex } from './rule-index.js';

interface Loaded {
  readonly version: number;
  readonly set: PolicySet;
  readonly roles: RoleGraph;
  /** Of the shipped model of roles. */
  readonly index?: RuleIndex;
}

/**
 * Decides by the rules in `casbin_rule` and `policy.csv`, which one process holds once. Whether they are old is looked up
 * when the last look is `refreshSeconds` ago, or the watcher said so; when that fails, so does the decision.
 */
export class PolicyEngine {
  #loaded?: Loaded;
  #lookedAt = -Infinity;
  #expirations = 0;
  #looking?: Promise<Loaded>;

  constructor(
    private readonly options: ResolvedPolicyOptions,
    private readonly adapter: OrmCasbinAdapter,
    private readonly clock: Clock,
    private readonly watcher?: PolicyWatcher,
  ) {
    watcher?.setUpdateCallback(() => this.expire());
  }

  /** Whether the model judges single objects; known before any rule is. */
  get judgesObjects(): boolean {
    return judgesObjects(this.options);
  }

  /** Names of the roles that a user has by rules, and not by the tables. */
  async rolesByRules(userId: number | string, grants: Grants): Promise<readonly string[]> {
    const { roles } = this.#fresh() ?? (await this.#look().catch(unavailable));
    return roles.rolesByRules(userId, grants);
  }

  async allows(question: PolicyQuestion, grants: Grants): Promise<boolean> {
    const { set, index } = this.#fresh() ?? (await this.#look().catch(unavailable));
    if (!index) return set.allows(question, grants);
    return index.permissionsOf(question.userId, grants).has(`${question.resource}.${question.action}`);
  }

  /** Loads the rules anew. */
  async reload(): Promise<void> {
    this.#loaded = undefined;
    await this.#look();
  }

  /** @throws InvalidPolicyError when a rule does not fit the model; none is written then. */
  async add(ptype: string, rules: string[][]): Promise<void> {
    await this.#assertFit(ptype, rules);
    await this.#change(() => this.adapter.addPolicies(ptype.slice(0, 1), ptype, rules));
  }

  async remove(ptype: string, rule: string[]): Promise<void> {
    await this.#change(() => this.adapter.removePolicy(ptype.slice(0, 1), ptype, rule));
  }

  /** Writes the rules in memory, those of `policy.csv` among them, to the table. */
  async save(): Promise<void> {
    const { set } = await this.#look();
    await this.#change(() => this.adapter.savePolicy(set.model));
  }

  /** Has the next decision look whether rules have changed. */
  expire(): void {
    this.#lookedAt = -Infinity;
    this.#expirations += 1;
  }

  /** Loads the rules and finds what will not work. */
  async check(): Promise<readonly CheckFinding[]> {
    const { set } = await this.#look();
    const depth = longestChain(set.model);
    if (depth <= DEEPEST_CHAIN) return [];
    return [
      {
        code: 'AUTH_ROLE_CHAIN_TOO_DEEP',
        level: 'warning',
        subject: 'Policies',
        message: `${depth} roles stand above one another; Casbin follows ${DEEPEST_CHAIN}, and what is further up is refused.`,
        fix: 'Let roles inherit from fewer others.',
      },
    ];
  }

  /** Processes are told when the change is committed. */
  #change(write: () => Promise<unknown>): Promise<void> {
    return atomic(async () => {
      await write();
      onCommit(async () => {
        this.expire();
        await this.watcher?.update();
      });
    });
  }

  async #assertFit(ptype: string, rules: string[][]): Promise<void> {
    const alone = { ...this.options, rules: [] };
    await PolicySet.load(alone, async (model) => {
      for (const rule of rules) {
        if (appendRule(model, ptype, rule)) continue;
        throw new InvalidPolicyError([ptype, ...rule], 'is of a type that the model does not have', "Use 'p' or 'g'.");
      }
    });
  }

  #fresh(): Loaded | undefined {
    const age = this.clock.now().getTime() - this.#lookedAt;
    return age < this.options.refreshMs && age >= 0 ? this.#loaded : undefined;
  }

  #look(): Promise<Loaded> {
    // In a unit of its own: rules that an open transaction has not committed are none yet.
    this.#looking ??= runInContext(() => this.#read(), { isolated: true }).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(): Promise<Loaded> {
    const lookedAt = this.clock.now().getTime();
    const expirations = this.#expirations;
    const version = await this.adapter.version();
    if (this.#loaded?.version !== version) {
      const set = await PolicySet.load(this.options, (model) => this.adapter.loadPolicy(model));
      const roles = new RoleGraph(set.model);
      const index = this.options.shipped === 'rbac' && { index: new RuleIndex(set.model, roles) };
      this.#loaded = { version, set, roles, ...index };
    }
    // What expired meanwhile may have been read before it changed.
    if (expirations === this.#expirations) this.#lookedAt = lookedAt;
    return this.#loaded;
  }
}

/** Without rules nothing is decided, least of all in the caller's favour. */
function unavailable(cause: unknown): never {
  throw new ServiceUnavailableException('Permissions cannot be checked at the moment.', { cause });
}
