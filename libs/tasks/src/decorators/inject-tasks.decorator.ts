import { Inject, type Type } from '@nestjs/common';

const tokens = new Map<Type<object>, symbol>();

/** Token of the {@link TaskClient} of a class. */
export function getTasksToken(type: Type<object>): symbol {
  let token = tokens.get(type);
  if (!token) tokens.set(type, (token = Symbol(`@core-framework/tasks:client:${type.name}`)));
  return token;
}

/** The classes whose clients somebody injects, with their tokens. */
export function injectedTaskClasses(): ReadonlyMap<Type<object>, symbol> {
  return tokens;
}

/**
 * Injects the `TaskClient` of a class: its tasks, to be called here or enqueued for a worker. The class itself need not be
 * a provider of the application that only enqueues.
 */
export function InjectTasks(type: Type<object>): PropertyDecorator & ParameterDecorator {
  return Inject(getTasksToken(type));
}
