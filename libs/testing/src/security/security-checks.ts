import { ACCESS_CHECKS } from './access.checks.js';
import { ANSWER_CHECKS } from './answer.checks.js';
import { INPUT_CHECKS } from './input.checks.js';
import type { SecurityCheck } from './security-check.js';

/**
 * The statements of the framework's security checklist that can be asked of any application, for the tests of one's own.
 *
 * @example
 * test.each(SECURITY_CHECKS)('$id: $title', ({ check }) => check({ app, open: OPEN_ROUTES, caller: app.client.as(root) }));
 */
export const SECURITY_CHECKS: readonly SecurityCheck[] = [...ACCESS_CHECKS, ...INPUT_CHECKS, ...ANSWER_CHECKS].toSorted(
  (a, b) => a.id.localeCompare(b.id),
);
