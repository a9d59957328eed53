/**
 * Reads errors of Node and of the drivers by shape: `instanceof Error` is false for those that were made in another
 * realm, which is where test runners put their code.
 */
export function codeOf(error: unknown): string | undefined {
  return isObject(error) && typeof error.code === 'string' ? error.code : undefined;
}

/** The message without its full stop; of an error that wraps several (every address of a host), the first one's. */
export function messageOf(error: unknown): string {
  if (!isObject(error)) return String(error);
  const message = typeof error.message === 'string' ? error.message : '';
  if (message === '' && Array.isArray(error.errors) && error.errors.length > 0) return messageOf(error.errors[0]);
  return message === '' ? 'no reason given' : message.replace(/\.$/, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
