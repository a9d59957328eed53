import { CoreError } from '@core-framework/common';

/** Thrown when an event, a pattern, a topic or a group has a name that not every broker takes. */
export class InvalidEventNameError extends CoreError {
  readonly code = 'MESSAGING_INVALID_NAME';

  constructor(what: string, name: string, fix: string) {
    super(`"${name}" is no name of ${what}.`, { fix });
  }
}

/** Thrown when a method emits an event that could be sent although what it tells of was rolled back. */
export class EventOutsideTransactionError extends CoreError {
  readonly code = 'MESSAGING_EVENT_OUTSIDE_TRANSACTION';

  constructor(method: string, event: string, fix = `Put @Atomic() above @Event('${event}').`) {
    super(`${method} emits "${event}" outside of a transaction.`, { fix });
  }
}

/** Thrown when a class handles or emits events in a way that cannot work. */
export class InvalidConsumerError extends CoreError {
  readonly code = 'MESSAGING_INVALID_CONSUMER';

  constructor(problem: string, fix: string) {
    super(problem, { fix });
  }
}

/** Thrown when it cannot be told which broker is meant, or it must not be used. */
export class BrokerChoiceError extends CoreError {
  readonly code = 'MESSAGING_BROKER_CHOICE';

  constructor(problem: string, fix: string) {
    super(problem, { fix });
  }
}

/** Thrown when the package that talks to the broker is not installed: brokers' clients are optional. */
export class MissingBrokerPackageError extends CoreError {
  readonly code = 'MESSAGING_PACKAGE_MISSING';

  constructor(broker: string, packages: string, cause: unknown) {
    super(`The broker "${broker}" is chosen, but its client is not installed.`, {
      fix: `npm install ${packages}`,
      cause,
    });
  }
}

/** Thrown when a broker cannot be reached or does not answer in time. */
export class BrokerUnreachableError extends CoreError {
  readonly code = 'MESSAGING_BROKER_UNREACHABLE';

  constructor(broker: string, cause: unknown) {
    super(`The broker "${broker}" does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      fix: 'Check that it runs and that its address is right.',
      cause,
    });
  }
}

/** Thrown when a broker answers that it will not do what it was asked for. */
export class BrokerRefusedError extends CoreError {
  readonly code = 'MESSAGING_BROKER_REFUSED';

  constructor(broker: string, reason: string, cause: unknown) {
    super(`The broker "${broker}" refuses: ${reason}`, {
      fix: 'Look at what it says: rights, limits, or something that it does not know.',
      cause,
    });
  }
}

/** Thrown when a request over a broker is not answered in time. */
export class NoReplyError extends CoreError {
  readonly code = 'MESSAGING_NO_REPLY';

  /** @param timeoutMs none when whoever asked did not wait for so long */
  constructor(pattern: string, timeoutMs?: number) {
    const until = timeoutMs === undefined ? 'before the client was closed' : `within ${timeoutMs} ms`;
    super(`Nobody answered "${pattern}" ${until}.`, {
      fix: 'Check that a microservice with a @MessagePattern() for it listens to the topic.',
    });
  }
}

/** Thrown when a message is no CloudEvent. */
export class InvalidEnvelopeError extends CoreError {
  readonly code = 'MESSAGING_INVALID_ENVELOPE';

  constructor(problem: string, fix = 'Publish it through EventBus or a MessageBroker.') {
    super(`The message is no CloudEvent of version 1.0: ${problem}.`, { fix });
  }
}

/** Thrown when the data of an event is not what its handler declares; the event is not tried again. */
export class InvalidPayloadError extends CoreError {
  readonly code = 'MESSAGING_INVALID_PAYLOAD';

  constructor(event: string, problems: readonly string[]) {
    super(`The data of "${event}" is invalid: ${problems.join('; ')}.`, {
      fix: 'Correct whoever publishes it, or the class of the payload.',
    });
  }
}

/** What handlers of an event fail with that took longer than their group allows; also the reason of its `signal`. */
export class EventTimeoutError extends CoreError {
  readonly code = 'MESSAGING_TIMEOUT';

  constructor(group: string, event: string, milliseconds: number) {
    super(`The handlers of "${event}" in the group "${group}" took longer than ${milliseconds} ms.`, {
      fix: 'Give the consumer a longer `timeoutMs`, or its handlers less to do.',
    });
  }
}

/** To be thrown by a handler that will fail on this event every time: it goes to the dead letters at once. */
export class PermanentEventError extends CoreError {
  readonly code: string = 'MESSAGING_PERMANENT';
}

/** Thrown when an operator names a topic that the broker does not have. */
export class TopicNotFoundError extends CoreError {
  readonly code = 'MESSAGING_TOPIC_NOT_FOUND';

  constructor(topic: string, known: readonly string[]) {
    super(`There is no topic "${topic}".`, {
      fix: known.length > 0 ? `Topics are: ${known.join(', ')}.` : 'The broker has none yet.',
    });
  }
}

/** Thrown when an operator names a dead letter that is not there, or not any more. */
export class DeadLetterNotFoundError extends CoreError {
  readonly code = 'MESSAGING_DEAD_LETTER_NOT_FOUND';

  constructor({ group, topic }: { readonly group: string; readonly topic: string }, id: string) {
    super(`The group "${group}" has no dead letter "${id}" of the topic "${topic}".`, {
      fix: 'List them: it may have been replayed or purged.',
    });
  }
}
