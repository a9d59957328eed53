import { AsyncLocalStorage } from 'node:async_hooks';

const assembly = new AsyncLocalStorage<true>();

/**
 * Puts an application together without letting it work: databases are reached only once something asks them, tables stay
 * as they are, nothing is consumed, relayed or run in the background, and checks do not stop the start. For commands and
 * tools, which look at an application or do one thing with it. Wrap its creation and its `init()`.
 */
export function assembleOnly<T>(build: () => T): T {
  return assembly.run(true, build);
}

/** Whether what is being built is only {@link assembleOnly assembled}; packages ask it before they start work. */
export function isAssembledOnly(): boolean {
  return assembly.getStore() ?? false;
}
