import type { HttpVerb } from '../options/http-verb.js';

/** What is fixed about a standard action, whatever class implements it. */
export interface StandardAction {
  readonly verb: HttpVerb;
  /** Whether it works on one object, whose lookup value is in the path. */
  readonly detail: boolean;
  readonly status: number;
  /** How the body is checked: `full` wants the required fields, `partial` only what was sent. */
  readonly body?: 'full' | 'partial';
  readonly summary: (names: { one: string; many: string }) => string;
}

/** The six actions that a model's ViewSet has by name, in the order in which they are listed. */
export const STANDARD_ACTIONS = {
  list: { verb: 'GET', detail: false, status: 200, summary: ({ many }) => `List ${many}` },
  create: { verb: 'POST', detail: false, status: 201, body: 'full', summary: ({ one }) => `Create a ${one}` },
  retrieve: { verb: 'GET', detail: true, status: 200, summary: ({ one }) => `Read a ${one}` },
  update: { verb: 'PUT', detail: true, status: 200, body: 'full', summary: ({ one }) => `Replace a ${one}` },
  partialUpdate: { verb: 'PATCH', detail: true, status: 200, body: 'partial', summary: ({ one }) => `Change a ${one}` },
  destroy: { verb: 'DELETE', detail: true, status: 204, summary: ({ one }) => `Delete a ${one}` },
} as const satisfies Record<string, StandardAction>;

export type StandardActionName = keyof typeof STANDARD_ACTIONS;

export function isStandardAction(name: string): name is StandardActionName {
  return Object.hasOwn(STANDARD_ACTIONS, name);
}
