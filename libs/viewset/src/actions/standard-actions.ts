import type { HttpVerb } from '../options/http-verb.js';

/** What is fixed about a standard action, whatever class implements it. */
export interface StandardAction {
  readonly verb: HttpVerb;
  /** Whether it works on one object, whose lookup value is in the path. */
  readonly detail: boolean;
  /** Below the list's path or the object's. */
  readonly path?: string;
  readonly status: number;
  /** How the body is checked: `full` wants the required fields, `partial` only what was sent. */
  readonly body?: 'full' | 'partial';
  /** Whether it answers a list that may be filtered, searched, sorted and cut into pages. */
  readonly listing?: boolean;
  /** Whether it works on many rows that the body names, and by which option it exists. */
  readonly bulk?: 'create' | 'update' | 'delete';
  /** Whether it works on soft-deleted rows, so that only models that have them have the action. */
  readonly deleted?: boolean;
  /** The action whose permissions hold unless it has its own. */
  readonly like?: StandardActionName;
  readonly summary: (names: { one: string; many: string }) => string;
}

/** The actions that a model's ViewSet has by name. */
export type StandardActionName =
  | 'list'
  | 'create'
  | 'retrieve'
  | 'update'
  | 'partialUpdate'
  | 'destroy'
  | 'trash'
  | 'restore'
  | 'bulkCreate'
  | 'bulkUpdate'
  | 'bulkPartialUpdate'
  | 'bulkDestroy';

/** The standard actions in the order in which they are listed. */
export const STANDARD_ACTIONS: Readonly<Record<StandardActionName, StandardAction>> = {
  list: { verb: 'GET', detail: false, status: 200, listing: true, summary: ({ many }) => `List ${many}` },
  create: { verb: 'POST', detail: false, status: 201, body: 'full', summary: ({ one }) => `Create a ${one}` },
  retrieve: { verb: 'GET', detail: true, status: 200, summary: ({ one }) => `Read a ${one}` },
  update: { verb: 'PUT', detail: true, status: 200, body: 'full', summary: ({ one }) => `Replace a ${one}` },
  partialUpdate: {
    verb: 'PATCH',
    detail: true,
    status: 200,
    body: 'partial',
    like: 'update',
    summary: ({ one }) => `Change a ${one}`,
  },
  destroy: { verb: 'DELETE', detail: true, status: 204, summary: ({ one }) => `Delete a ${one}` },
  trash: {
    verb: 'GET',
    detail: false,
    path: 'trash',
    status: 200,
    listing: true,
    deleted: true,
    like: 'destroy',
    summary: ({ many }) => `List deleted ${many}`,
  },
  restore: {
    verb: 'POST',
    detail: true,
    path: 'restore',
    status: 200,
    deleted: true,
    like: 'destroy',
    summary: ({ one }) => `Bring a deleted ${one} back`,
  },
  bulkCreate: {
    verb: 'POST',
    detail: false,
    path: 'bulk',
    status: 201,
    body: 'full',
    bulk: 'create',
    like: 'create',
    summary: ({ many }) => `Create several ${many}`,
  },
  bulkUpdate: {
    verb: 'PUT',
    detail: false,
    path: 'bulk',
    status: 200,
    body: 'full',
    bulk: 'update',
    like: 'update',
    summary: ({ many }) => `Replace several ${many}`,
  },
  bulkPartialUpdate: {
    verb: 'PATCH',
    detail: false,
    path: 'bulk',
    status: 200,
    body: 'partial',
    bulk: 'update',
    like: 'partialUpdate',
    summary: ({ many }) => `Change several ${many}`,
  },
  bulkDestroy: {
    verb: 'DELETE',
    detail: false,
    path: 'bulk',
    status: 204,
    bulk: 'delete',
    like: 'destroy',
    summary: ({ many }) => `Delete several ${many}`,
  },
};

export function isStandardAction(name: string): name is StandardActionName {
  return Object.hasOwn(STANDARD_ACTIONS, name);
}

/** Whether an action works on soft-deleted rows. */
export function isOnDeleted(action: string): boolean {
  return action === 'trash' || action === 'restore';
}
