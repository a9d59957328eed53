import type { Type } from '@nestjs/common';
import { checkEventPattern } from '../events/event-name.js';
import { recordHandler } from '../metadata/messaging.metadata.js';

/** Options of `@OnEvent`. */
export interface OnEventOptions {
  /**
   * Class that the data is made an instance of and checked by, as bodies of requests are: one with the decorators of
   * class-validator, or an `InputSchema` of a model; keys that it does not declare are left out. An event whose data is invalid goes to the dead letters. @defaultValue none: the data as it came
   */
  readonly payload?: Type<object>;
}

/**
 * Has a method handle events: of a `@Consumer` those of its topics, of any other provider those of this process, after the
 * commit. The method is given the event and, in a consumer, the EntityManager of its transaction.
 *
 * @param pattern the name of an event; `*` stands for one word (`user.*`), `**` for one or more (`order.**`)
 * @throws InvalidEventNameError
 */
export function OnEvent(pattern: string, options: OnEventOptions = {}): MethodDecorator {
  checkEventPattern(pattern);
  return (target, method) => recordHandler(target, { method: String(method), pattern, options });
}
