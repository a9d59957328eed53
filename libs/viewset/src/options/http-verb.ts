/** The verbs that actions may answer; HEAD is answered by GET's action, OPTIONS by the framework. */
export const HTTP_VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A verb that an action answers. */
export type HttpVerb = (typeof HTTP_VERBS)[number];

/** Whether a verb promises to change nothing. */
export function isSafe(verb: string): boolean {
  return verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS';
}
