import { Logger } from '@nestjs/common';
import { type Enforcer, type Model, newEnforcer } from 'casbin';
import { PolicyModelError } from '../errors/permission.errors.js';
import type { Grants } from '../permissions/grants.js';
import { GrantedRoles } from './granted-roles.js';
import { appendLine, checkRules, modelOf, plainToken } from './model-rules.js';
import { objectAttributes } from './object-attributes.js';
import type { ResolvedPolicyOptions } from './policy-options.js';
import { roleSubject, userSubject } from './subjects.js';

/** A question to policies. */
export interface PolicyQuestion {
  /** Key of the user. */
  readonly userId: number | string;
  readonly resource: string;
  readonly action: string;
  /** The object in hand, if there is one. */
  readonly object?: object;
  /** What else the model's request asks for, by name (`dom`). */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What a model's request may ask for by itself. */
type Known = 'sub' | 'obj' | 'act' | 'user' | 'object' | 'item';

const KNOWN: Readonly<Record<Known, (question: PolicyQuestion, grants: Grants) => unknown>> = {
  sub: ({ userId }) => userSubject(userId),
  obj: ({ resource }) => resource,
  act: ({ action }) => action,
  user: ({ userId }, { isSuperuser, isVerified, roles }) => ({
    id: userId,
    isSuperuser,
    isVerified,
    roles: [...roles],
  }),
  object: ({ object }) => objectAttributes(object),
  item: ({ resource, object }) => itemOf(resource, object),
};

/** What depends on the one object that is judged. */
const OF_OBJECTS: ReadonlySet<string> = new Set(['object', 'item'] satisfies Known[]);

/** Whether a model decides by the one object that is judged. */
export function judgesObjects({ model }: ResolvedPolicyOptions): boolean {
  return requestTokens(modelOf(model)).some((token) => OF_OBJECTS.has(token));
}

/** The rules of one moment, ready to decide. */
export class PolicySet {
  readonly #tokens: readonly string[];
  /** The rules of the type `p`, where those of the tables fit in. */
  readonly #projected?: string[][];
  readonly #allow: readonly string[];
  readonly #logger = new Logger('Policies');
  readonly #failed = new Set<string>();

  private constructor(
    private readonly enforcer: Enforcer,
    private readonly roles: GrantedRoles,
  ) {
    const model = enforcer.getModel().model;
    this.#tokens = requestTokens(enforcer.getModel());
    const policies = model.get('p')?.get('p');
    const [sub, obj, act, ...rest] = (policies?.tokens ?? []).map(plainToken);
    if (sub === 'sub' && obj === 'obj' && act === 'act') this.#projected = policies?.policy;
    this.#allow = rest.map((token) => (token === 'eft' ? 'allow' : ''));
  }

  /**
   * @throws PolicyModelError when the model is none.
   * @throws InvalidPolicyError when a rule does not fit it.
   */
  static async load(options: ResolvedPolicyOptions, load?: (model: Model) => Promise<void>): Promise<PolicySet> {
    const model = modelOf(options.model);
    for (const line of options.rules) appendLine(model, line);
    await load?.(model);
    checkRules(model);
    const enforcer = await newEnforcer(model);
    const roles = new GrantedRoles();
    enforcer.setRoleManager(roles);
    for (const [name, run] of Object.entries(options.functions)) await enforcer.addFunction(name, run as never);
    if (model.model.has('g')) await enforcer.buildRoleLinks();
    enforcer.sortPolicies();
    return new PolicySet(enforcer, roles);
  }

  /** The rules in memory. */
  get model(): Model {
    return this.enforcer.getModel();
  }

  /** What fails while deciding refuses. */
  allows(question: PolicyQuestion, grants: Grants): boolean {
    const { resource, action, userId } = question;
    if (!this.#projected && grants.permissions.has(`${resource}.${action}`)) return true;
    const values = this.#tokens.map((token) => this.#valueOf(token, question, grants));
    const subject = userSubject(userId);
    const granted = this.#projected ? [...grants.permissions].map((name) => this.#ruleOf(subject, name)) : [];
    const kept = this.#projected?.length ?? 0;
    this.#projected?.push(...granted);
    try {
      const roles = [...grants.roles].map(roleSubject);
      return this.roles.deciding(subject, roles, () => this.enforcer.enforceSync(...values));
    } catch (error) {
      this.#report(error);
      return false;
    } finally {
      if (this.#projected) this.#projected.length = kept;
    }
  }

  #ruleOf(subject: string, codename: string): string[] {
    const dot = codename.indexOf('.');
    return [subject, codename.slice(0, dot), codename.slice(dot + 1), ...this.#allow];
  }

  #valueOf(token: string, question: PolicyQuestion, grants: Grants): unknown {
    const given = question.attributes?.[token];
    if (given !== undefined) return given;
    if (Object.hasOwn(KNOWN, token)) return KNOWN[token as Known](question, grants);
    throw new PolicyModelError(`The model asks for "${token}", which the question does not have.`, {
      fix: `Pass attributes: { ${token} } with it.`,
    });
  }

  /** A rule that fails is told of once, not at each request. */
  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#failed.has(message)) return;
    this.#failed.add(message);
    this.#logger.warn(`A rule failed, and what it was asked about is refused: ${message}`);
  }
}

function itemOf(resource: string, object?: object): string {
  const id: unknown = object && Reflect.get(object, 'id');
  return typeof id === 'number' || typeof id === 'string' ? `${resource}/${id}` : resource;
}

function requestTokens({ model }: Model): string[] {
  return (model.get('r')?.get('r')?.tokens ?? []).map(plainToken);
}
