export type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  GroupDescription,
  MessageBroker,
  SubscribeRequest,
  Subscription,
  TopicDescription,
  TopicOptions,
} from './brokers/message-broker.js';
export { MemoryBroker } from './brokers/memory.broker.js';
export { Consumer, type ConsumerOptions } from './decorators/consumer.decorator.js';
export { Event, type EventOptions } from './decorators/event.decorator.js';
export { EventData, EventInfo } from './decorators/event-parameters.js';
export { OnEvent, type OnEventOptions } from './decorators/on-event.decorator.js';
export { type EventMessage, fromStructured, toStructured } from './envelope/event-message.js';
export {
  BrokerChoiceError,
  BrokerRefusedError,
  BrokerUnreachableError,
  DeadLetterNotFoundError,
  EventOutsideTransactionError,
  InvalidConsumerError,
  InvalidEnvelopeError,
  InvalidEventNameError,
  EventTimeoutError,
  InvalidPayloadError,
  MissingBrokerPackageError,
  NoReplyError,
  PermanentEventError,
  TopicNotFoundError,
} from './errors/messaging.errors.js';
export { EventBus, type PublishOptions } from './event-bus.js';
export type { CoreEvent } from './events/core-event.js';
export type { EventListener } from './listening/local-listeners.js';
export type { EventListening, EventSubscriber, ProcessEvents } from './listening/process-events.js';
export { MessagingModule, type MessagingFeatureOptions } from './messaging.module.js';
export { MESSAGE_BROKER, type MessagingExtras, type MessagingOptions } from './messaging.options.js';
export { DeadLetterService, type DeadLetterCount, type DeadLetterPage } from './operating/dead-letter.service.js';
export { TopicsService } from './operating/topics.service.js';
export type { EventDeclaration } from './registry/event-catalog.js';
export { EventRegistry } from './registry/event.registry.js';
export type { EventConsumer, EventListenerInfo, EventProducer, RegisteredEvent } from './registry/registered-event.js';
