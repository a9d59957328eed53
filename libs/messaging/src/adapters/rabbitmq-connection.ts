import { setTimeout } from 'node:timers/promises';
import {
  type Channel,
  type ConfirmChannel,
  connect,
  IllegalOperationError,
  type Options,
  type RecoveringChannelModel,
} from 'amqplib';
import { within } from '../brokers/within.js';
import { BrokerRefusedError } from '../errors/messaging.errors.js';

/** Where a message goes; the exchange '' leads to the queue of the routing key. */
export interface Parcel {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** Names a message to a queue, so that it is known again when it comes back. */
const PARCEL_HEADER = 'x-core-parcel';

/** What the server answers about a queue that another connection has for itself. */
const RESOURCE_LOCKED = 405;
const TURN_MS = 20;

/** One connection, which comes back by itself, and a channel of it on which the server confirms what it has. */
export class RabbitMQConnection {
  #model: Promise<RecoveringChannelModel> | undefined;
  #publishing: Promise<ConfirmChannel> | undefined;
  #version = '';
  #closed = false;
  #lastError: Error | undefined;
  /** Those that came back, because there is no queue of the name; the server confirms them all the same, afterwards. */
  readonly #returned = new Set<unknown>();
  /** What the server said when it ended a channel. */
  readonly #refusals = new WeakMap<ConfirmChannel, Error>();
  #parcels = 0;

  constructor(
    private readonly url: string,
    readonly timeoutMs: number,
  ) {}

  get version(): string {
    return this.#version;
  }

  /** Has the next call connect, after {@link close} too. */
  open(): void {
    this.#closed = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const model = await this.#model?.catch(() => undefined);
    this.#model = this.#publishing = undefined;
    await model?.close();
  }

  /** @throws BrokerUnreachableError, BrokerRefusedError */
  async asked<T>(work: () => Promise<T>): Promise<T> {
    return within('rabbitmq', this.timeoutMs, work, refusalOf).catch((error: unknown) => {
      if (!this.#lastError || error instanceof BrokerRefusedError) throw error;
      return within('rabbitmq', 0, () => Promise.reject(this.#lastError as Error), refusalOfConnection);
    });
  }

  /** A channel of one's own; waits until the server is there. */
  async channel(): Promise<Channel> {
    return quiet(await (await this.#connected()).createChannel());
  }

  /** Does work on a channel that is gone afterwards: a question about what is not there ends a channel. */
  async withChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    return this.asked(async () => {
      const channel = await this.#confirmChannel();
      try {
        return await work(channel);
      } finally {
        await channel.close().catch(() => undefined);
      }
    });
  }

  /**
   * As {@link withChannel}, while nobody else in any process does the same under the name: a queue that this connection alone
   * may use, and that is gone with it. It is over before others may begin.
   */
  async alone<T>(name: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const end = Date.now() + this.timeoutMs;
    for (;;) {
      try {
        await this.withChannel((channel) => channel.assertQueue(name, { exclusive: true, durable: false }));
        break;
      } catch (error) {
        const isTaken = codeOf((error as Error).cause) === RESOURCE_LOCKED;
        if (!isTaken || Date.now() > end) throw error;
        await setTimeout(TURN_MS);
      }
    }
    try {
      return await this.withChannel(work);
    } finally {
      await this.withChannel((channel) => channel.deleteQueue(name)).catch(() => undefined);
    }
  }

  /** Resolves once the server has all of them, or said no; answers what was wrong with each. */
  async publish(parcels: readonly Parcel[]): Promise<readonly (Error | undefined)[]> {
    return this.asked(async () => {
      this.#publishing ??= this.#publishingChannel();
      return this.#publishOn(await this.#publishing, parcels);
    });
  }

  /** As {@link publish}, on a channel that no other parcel can end. */
  async publishApart(parcels: readonly Parcel[]): Promise<readonly (Error | undefined)[]> {
    return this.withChannel((channel) => this.#publishOn(channel, parcels));
  }

  async #publishOn(channel: ConfirmChannel, parcels: readonly Parcel[]): Promise<readonly (Error | undefined)[]> {
    const answers = await Promise.all(
      parcels.map((parcel) => (parcel.exchange === '' ? this.#toQueue(channel, parcel) : confirmed(channel, parcel))),
    );
    const refusal = this.#refusals.get(channel);
    return answers.map((error) => (error instanceof BrokerRefusedError ? error : error && (refusal ?? error)));
  }

  /** An exchange may have nobody behind it; a queue has to be there. */
  async #toQueue(channel: ConfirmChannel, parcel: Parcel): Promise<Error | undefined> {
    const name = (this.#parcels += 1);
    const headers = { ...(parcel.properties.headers as Record<string, unknown> | undefined), [PARCEL_HEADER]: name };
    const error = await confirmed(channel, {
      ...parcel,
      properties: { ...parcel.properties, headers, mandatory: true },
    });
    return this.#returned.delete(name) ? new Error(`There is no queue "${parcel.routingKey}".`) : error;
  }

  async #publishingChannel(): Promise<ConfirmChannel> {
    try {
      const channel = await this.#confirmChannel();
      channel.on('close', () => (this.#publishing = undefined));
      channel.on('return', ({ properties }) => this.#returned.add(properties.headers?.[PARCEL_HEADER]));
      return channel;
    } catch (error) {
      this.#publishing = undefined;
      throw error;
    }
  }

  async #confirmChannel(): Promise<ConfirmChannel> {
    const channel = quiet(await (await this.#connected()).createConfirmChannel());
    channel.on('error', (error: Error) => {
      const reason = refusalOf(error);
      if (reason !== undefined) this.#refusals.set(channel, new BrokerRefusedError('rabbitmq', reason, error));
    });
    return channel;
  }

  async #connected(): Promise<RecoveringChannelModel> {
    // What is still at work when the broker is disconnected must not connect again.
    if (this.#closed) throw new Error('the broker is disconnected');
    this.#model ??= this.#connect();
    return this.#model;
  }

  async #connect(): Promise<RecoveringChannelModel> {
    const model = await connect(this.url, {
      timeout: this.timeoutMs,
      noDelay: true,
      recovery: { initialDelay: 100, maxDelay: 2000, waitForConnect: false },
    });
    model.on('connect', ({ connection }) => {
      this.#lastError = undefined;
      this.#version = String(connection.serverProperties['version']);
    });
    for (const event of ['connect-failed', 'disconnect', 'error']) {
      model.on(event, (error: Error) => (this.#lastError = error));
    }
    return model;
  }
}

/** Told by the call that fails; without a listener it would be thrown. */
function quiet<C extends Channel>(channel: C): C {
  channel.on('error', () => undefined);
  return channel;
}

async function confirmed(
  channel: ConfirmChannel,
  { exchange, routingKey, content, properties }: Parcel,
): Promise<Error | undefined> {
  return new Promise((resolve) => {
    try {
      channel.publish(exchange, routingKey, content, properties, (error: unknown) => {
        if (!error) resolve(undefined);
        else resolve(error instanceof Error ? error : new Error('RabbitMQ refused the message.'));
      });
    } catch (error) {
      // What cannot be sent at all, as too many headers; else the channel is closed.
      const isRefused = !(error instanceof IllegalOperationError);
      resolve(isRefused ? new BrokerRefusedError('rabbitmq', (error as Error).message, error) : error);
    }
  });
}

/** What the server said when it ended a channel over what it was asked for; nothing of other errors. */
function refusalOf(error: unknown): string | undefined {
  const { message } = error as { readonly message?: string };
  const code = codeOf(error);
  return typeof code === 'number' && code >= 400 && code < 500 ? message : undefined;
}

/** What the server said that let nobody in; nothing of other errors. */
function refusalOfConnection(error: unknown): string | undefined {
  const { message } = error as Error;
  if (message.startsWith('Handshake terminated by server: 403')) return message;
  // The client drops what the server says here.
  const isClosed = message.startsWith('Expected ConnectionOpenOk; got <ConnectionClose');
  return isClosed ? 'there is no virtual host of the name, or the user may not use it.' : undefined;
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code;
}
