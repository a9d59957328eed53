import { InvalidPolicyError } from '../errors/permission.errors.js';

/** How rules name a user. */
export function userSubject(id: number | string): string {
  if (typeof id === 'number' || typeof id === 'string') return `user:${id}`;
  throw new InvalidPolicyError([typeof id], 'has a subject that is no key of a user', 'Pass a number or a text.');
}

/** What names of roles begin with in rules. */
export const ROLE_PREFIX = 'role:';

/** How rules name a role. */
export function roleSubject(name: string): string {
  return `${ROLE_PREFIX}${name}`;
}
