/** An event as listeners and consumers are given it. */
export interface CoreEvent<T = unknown> {
  /** The same however often it is delivered. */
  readonly id: string;
  readonly name: string;
  readonly data: T;
  /** Where it was published; empty for one that did not leave the process. */
  readonly topic: string;
  /** When it happened. */
  readonly timestamp: Date;
  /** How often it has been delivered to this group, this time included. */
  readonly attempt: number;
  /** The application that published it. */
  readonly source: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Consumers are told by it that their time is up: what they have done is taken back, and the event is tried again. */
  readonly signal?: AbortSignal;
}
