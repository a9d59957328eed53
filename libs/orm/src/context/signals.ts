/**
 * Tells processes that share a database that there is something to look at, where the database can: on PostgreSQL, by
 * `NOTIFY`. A hint that may get lost, so whoever waits for one looks by themselves from time to time, too.
 */
export interface Signals {
  /** Tells the other processes that listen, soon; calls that follow each other are told together. Never fails. */
  send(channel: string): void;

  /** Calls `heard` when another process sends, and when something may have been missed. The answer ends that. */
  listen(channel: string, heard: () => void): () => void;

  close(): Promise<void>;
}

/** Where no process can tell another anything. */
export const NO_SIGNALS: Signals = {
  send: () => undefined,
  listen: () => () => undefined,
  close: async () => undefined,
};
