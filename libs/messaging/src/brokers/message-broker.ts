import type { EventMessage } from '../envelope/event-message.js';

/** A message that a group has been given and has to decide on. Exactly one of `ack`, `retry`, `deadLetter` ends it. */
export interface Delivery {
  readonly message: EventMessage;
  readonly topic: string;
  /** How often the group was given the message, this time included; a process that died counts too. */
  readonly attempt: number;
  /**
   * How often it was given out and nobody said what became of it, since it was last decided on: whoever had it may have died
   * over it, or over something else that was in hand with it. @defaultValue 0
   */
  readonly abandoned?: number;
  /**
   * Whether it may have been given out before, where the broker does not count that: what a member of the group had in
   * hand when it died looks like what nobody has had yet. @defaultValue false
   */
  readonly suspect?: boolean;
  /** The group is done with it. */
  ack(): Promise<void>;
  /** Has it delivered to this group, and to no other, again after so many milliseconds. */
  retry(delayMs: number, reason: string): Promise<void>;
  /**
   * Puts it among the dead letters of the group.
   *
   * @param attempts how often it was tried, where whoever had it in hand did so more than once
   */
  deadLetter(reason: string, attempts?: number): Promise<void>;
  /** Says that it is still being worked on, so that nobody else is given it. */
  extend(): Promise<void>;
}

/** What a group wants. */
export interface SubscribeRequest {
  readonly topics: readonly string[];
  /** Of all processes that subscribe under one name, each message goes to one. */
  readonly group: string;
  /** Most messages in hand at a time. */
  readonly prefetch: number;
  /** Milliseconds after which a message that nobody extended is given to another process. */
  readonly visibilityMs: number;
  /**
   * Whether the group is this subscription only: it begins with what is published from now on and is gone when it ends,
   * or when its process dies. @defaultValue false
   */
  readonly ephemeral?: boolean;
}

/** A group's stream of messages in this process. */
export interface Subscription {
  /** Takes no more messages until {@link resume}. */
  pause(): void;
  resume(): void;
  /**
   * Takes no more messages and resolves once those in hand are decided on, or after so many milliseconds; what is left then
   * is given to others. Ends the subscription.
   */
  drain(timeoutMs: number): Promise<void>;
  /** How many messages the group has not dealt with. */
  lag(): Promise<number>;
}

/** A message that a group gave up. */
export interface DeadLetter {
  /** Names it within its group and topic. */
  readonly id: string;
  readonly topic: string;
  readonly message: EventMessage;
  readonly reason: string;
  readonly attempt: number;
  readonly failedAt: Date;
}

/** A group as far as one topic goes. */
export interface DeadLetterPlace {
  readonly group: string;
  readonly topic: string;
}

/** What a broker knows of a group that listens to a topic. */
export interface GroupDescription {
  readonly group: string;
  /** Messages that it has not dealt with: new ones, those in hand and those that wait to be tried again. */
  readonly lag: number;
  readonly deadLetters: number;
}

/** What a broker knows of a topic. */
export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** Messages that are kept; left out by brokers that keep them for their groups only. */
  readonly messages?: number;
  /** By their names. */
  readonly groups: readonly GroupDescription[];
}

/** Options of a topic; brokers without partitions or copies take them for 1. */
export interface TopicOptions {
  /** @defaultValue 1 */
  readonly partitions?: number;
  /** @defaultValue 1 */
  readonly replicationFactor?: number;
}

/**
 * Carries messages between processes. The framework decides what becomes of a message; a broker keeps it until then.
 * `BROKER_CASES` of `@core-framework/messaging/testing` is what every broker must do.
 */
export interface MessageBroker {
  readonly name: string;
  /** @throws BrokerUnreachableError */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Facts for operators; rejects when it does not work. */
  health(): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Resolves once the messages are safe, with what was wrong with single ones by their ids.
   *
   * @throws BrokerUnreachableError when it does not answer within a few seconds, BrokerRefusedError when it says no to all.
   */
  publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>>;
  /** Calls `handle` for each message of the group, for as many at once as `prefetch` says. */
  subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription>;
  /**
   * Has what is published from now on kept for a group that nobody runs yet. Left out by brokers that keep messages whether
   * anybody has asked for them or not.
   */
  keepFor?(place: DeadLetterPlace): Promise<void>;
  /** Does nothing when it exists. Topics also come into being when somebody publishes or subscribes. */
  createTopic(topic: string, options?: TopicOptions): Promise<void>;
  /** Deletes a topic with all that its groups keep of it. */
  deleteTopic(topic: string): Promise<void>;
  /** By their names. */
  listTopics(): Promise<readonly string[]>;
  /** Answers nothing when there is no such topic. */
  describeTopic(topic: string): Promise<TopicDescription | undefined>;
  /** Forgets a group that nobody runs any more, with what it has not dealt with and its dead letters. */
  deleteGroup(place: DeadLetterPlace): Promise<void>;
  /** The oldest dead letters first; of a longer list those behind the one with the id `after`. */
  deadLetters(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]>;
  deadLetter(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined>;
  /** Has dead letters delivered to their group again, as new; those of the given ids, or all. Answers how many. */
  replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number>;
  /** Deletes dead letters; those of the given ids, or all. Answers how many. */
  purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number>;
}
