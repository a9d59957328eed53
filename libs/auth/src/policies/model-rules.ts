import { Helper, type Model, newModelFromString } from 'casbin';
import { InvalidPolicyError, PolicyModelError } from '../errors/permission.errors.js';

/** `r_sub` is `sub` in model.conf. */
export function plainToken(token: string): string {
  return token.slice(token.indexOf('_') + 1);
}

/** @throws PolicyModelError when the text is no whole model. */
export function modelOf(text: string): Model {
  try {
    return newModelFromString(text);
  } catch (cause) {
    throw new PolicyModelError('The model of policies cannot be read, or lacks a section.', {
      fix: 'Give request_definition, policy_definition, policy_effect and matchers.',
      cause,
    });
  }
}

/** Adds a rule; answers whether the model has rules of that type. */
export function appendRule(model: Model, ptype: string, rule: string[]): boolean {
  // The model's own method looks through all rules for the new one first.
  const rules = model.model.get(ptype.slice(0, 1))?.get(ptype)?.policy;
  rules?.push(rule);
  return rules !== undefined;
}

/** Adds a line of a `policy.csv`. */
export function appendLine(model: Model, line: string): void {
  try {
    Helper.loadPolicyLine(line, model);
  } catch {
    throw new InvalidPolicyError([line], 'cannot be read', 'Write it as in: p, role:editor, posts, update');
  }
}

/** @throws InvalidPolicyError when a rule has a wrong number of values, or a subject that no question names. */
export function checkRules(model: Model): void {
  for (const [ptype, { tokens, policy }] of model.model.get('p') ?? []) {
    for (const rule of policy) checkPolicy(ptype, rule, tokens.map(plainToken));
  }
  for (const rule of model.model.get('g')?.get('g')?.policy ?? []) checkRole(rule);
}

function checkPolicy(ptype: string, rule: readonly string[], tokens: readonly string[]): void {
  if (rule.length !== tokens.length && !(tokens.at(-1) === 'eft' && rule.length === tokens.length - 1)) {
    throw new InvalidPolicyError([ptype, ...rule], `has ${rule.length} values`, `Write ${tokens.join(', ')}.`);
  }
  const subject = rule[tokens.indexOf('sub')];
  if (subject === undefined || /^(user|role):.|^\*$/.test(subject)) return;
  throw new InvalidPolicyError(
    [ptype, ...rule],
    'has a subject that nobody has',
    `Write user:${subject} or role:${subject}.`,
  );
}

function checkRole(rule: readonly string[]): void {
  const [member = '', role = ''] = rule;
  if (/^(user|role):./.test(member) && role.startsWith('role:')) return;
  throw new InvalidPolicyError(['g', ...rule], 'does not give a role', 'Write: g, user:1, role:editor');
}

/** How many roles stand above one another, at most. */
export function longestChain({ model }: Model): number {
  const above = new Map<string, string[]>();
  for (const [low = '', high = ''] of model.get('g')?.get('g')?.policy ?? []) {
    above.set(low, [...(above.get(low) ?? []), high]);
  }
  return Math.max(0, ...[...above.keys()].map((name) => chainFrom(name, above, new Set())));
}

function chainFrom(name: string, above: ReadonlyMap<string, readonly string[]>, seen: ReadonlySet<string>): number {
  if (seen.has(name)) return 0;
  const path = new Set([...seen, name]);
  return Math.max(0, ...(above.get(name) ?? []).map((next) => 1 + chainFrom(next, above, path)));
}
