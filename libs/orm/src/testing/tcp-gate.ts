import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands in front of a server; connections through it can be held and cut, and new ones refused. */
export class TcpGate {
  readonly #clients = new Map<Socket, Socket>();
  readonly #server: Server;
  #port = 0;
  #holding = false;
  #asked = Promise.withResolvers<void>();

  private constructor(private readonly target: URL) {
    this.#server = createServer((client) => this.#join(client));
  }

  /** Opens a gate in front of the server of a database's address. */
  static async inFrontOf(url: string): Promise<TcpGate> {
    const gate = new TcpGate(new URL(url));
    await gate.reopen();
    return gate;
  }

  /** The database's address, through the gate. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.#port}`;
    return url.href;
  }

  /** Keeps back what the server answers; settles `asked` when a client next sends something. */
  hold(): { readonly asked: Promise<void> } {
    this.#holding = true;
    this.#asked = Promise.withResolvers<void>();
    return { asked: this.#asked.promise };
  }

  /** Ends all connections and lets answers pass again; settles when the clients have noticed. */
  async cut(): Promise<void> {
    this.#holding = false;
    const closing = [...this.#clients].map(async ([client, upstream]) => {
      upstream.destroy();
      const closed = once(client, 'close');
      client.end();
      await closed;
    });
    await Promise.all(closing);
  }

  /** Ends all connections and refuses new ones. */
  async shut(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await this.cut();
    await closed;
  }

  /** Takes connections again, at the same address. */
  async reopen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #join(client: Socket): void {
    const upstream = connect(Number(this.target.port || 5432), this.target.hostname);
    this.#clients.set(client, upstream);
    client.on('data', (data) => {
      upstream.write(data);
      this.#asked.resolve();
    });
    upstream.on('data', (data) => {
      if (!this.#holding) client.write(data);
    });
    upstream.on('end', () => client.end());
    // What breaks here is what is tested there.
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.on('close', () => {
      this.#clients.delete(client);
      upstream.destroy();
    });
  }
}
