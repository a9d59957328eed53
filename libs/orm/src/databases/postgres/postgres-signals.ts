import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Signals } from '../../context/signals.js';
import type { PostgresUrl } from '../database-url.js';
import type { NamedQuery } from './prepared-statements.js';

/** Least time between two signals of a process: PostgreSQL lets only one commit at a time that sends any. */
const SPACING_MS = 10;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
const PATIENCE_MS = 5000;
const KEEP_ALIVE_MS = 10_000;

/**
 * Signals by `NOTIFY`, sent outside of transactions over the pool. Who listens has a connection of its own for that,
 * which is opened again when it is lost.
 */
export class PostgresSignals implements Signals {
  readonly #self = randomUUID();
  readonly #listeners = new Map<string, Set<() => void>>();
  /** Channels that are being told of something, and whether there is more already. */
  readonly #sending = new Map<string, boolean>();
  #client: pg.Client | undefined;
  #isListening = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #closed = false;

  /** @param run sends a statement over the pool. */
  constructor(
    private readonly url: PostgresUrl,
    private readonly run: (query: NamedQuery) => Promise<unknown>,
  ) {}

  send(channel: string): void {
    const isSending = this.#sending.has(channel);
    this.#sending.set(channel, isSending);
    if (!isSending) void this.#send(channel);
  }

  listen(channel: string, heard: () => void): () => void {
    if (this.#closed) return () => undefined;
    const known = this.#listeners.get(channel);
    const all = known ?? new Set();
    all.add(heard);
    this.#listeners.set(channel, all);
    if (!this.#client && !this.#retry) void this.#connect();
    else if (!known && this.#isListening) void this.#listenAlso(channel);
    return () => {
      all.delete(heard);
      if (all.size > 0 || this.#listeners.get(channel) !== all) return;
      this.#listeners.delete(channel);
      if (this.#listeners.size === 0) void this.#disconnect();
      else if (this.#isListening) void this.#ask('unlisten', channel);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#disconnect();
  }

  async #send(channel: string): Promise<void> {
    const query = CompiledQuery.raw('select pg_notify($1, $2)', [channel, this.#self]);
    do {
      this.#sending.set(channel, false);
      try {
        await this.run({ ...query, isSilent: true });
      } catch {
        // Whoever waits looks by itself.
      }
      await sleep(SPACING_MS, undefined, { ref: false });
    } while (this.#sending.get(channel) && !this.#closed);
    this.#sending.delete(channel);
  }

  async #connect(): Promise<void> {
    this.#retry = undefined;
    const client = new pg.Client({
      connectionString: this.url.connectionString,
      connectionTimeoutMillis: PATIENCE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    this.#client = client;
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.on('notification', ({ channel, payload }) => {
      if (payload !== this.#self) this.#tell(channel);
    });
    try {
      await client.connect();
      for (const channel of this.#listeners.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      // Whoever only listens does not keep the process alive.
      const { stream } = client.connection;
      if (stream instanceof Socket) stream.unref();
    } catch {
      this.#lose(client);
      return;
    }
    if (this.#client !== client) return;
    this.#isListening = true;
    this.#retryMs = FIRST_RETRY_MS;
    for (const channel of this.#listeners.keys()) this.#tell(channel);
  }

  async #listenAlso(channel: string): Promise<void> {
    if (await this.#ask('listen', channel)) this.#tell(channel);
  }

  async #ask(what: 'listen' | 'unlisten', channel: string): Promise<boolean> {
    const client = this.#client;
    try {
      await client?.query(`${what} ${pg.escapeIdentifier(channel)}`);
      return true;
    } catch {
      if (client) this.#lose(client);
      return false;
    }
  }

  #tell(channel: string): void {
    for (const heard of this.#listeners.get(channel) ?? []) heard();
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    void this.#disconnect();
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const client = this.#client;
    this.#client = undefined;
    this.#isListening = false;
    await client?.end().catch(() => undefined);
  }
}
