import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

const PORTS: Readonly<Record<string, number>> = { 'amqp:': 5672, 'redis:': 6379 };

/** A way to the server that can be cut. */
export class Line implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  #loses: ((answer: Buffer) => boolean) | undefined;
  readonly #server = createServer((socket) => {
    const there = createConnection({
      host: this.target.hostname,
      port: Number(this.target.port || PORTS[this.target.protocol]),
    });
    for (const end of [socket, there]) {
      this.#sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => this.#sockets.delete(end));
    }
    socket.pipe(there);
    there.on('data', (answer) => {
      if (this.#loses?.(answer)) {
        this.#loses = undefined;
        socket.destroy();
      } else {
        socket.write(answer);
      }
    });
    there.on('close', () => socket.destroy());
    socket.on('close', () => there.destroy());
  });

  private constructor(private readonly target: URL) {}

  static async to(url: string): Promise<Line> {
    const line = new Line(new URL(url));
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** The server's address by this way. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    return url.href;
  }

  /** Cuts the connection on which the next such answer comes, before it arrives. */
  lose(such: (answer: Buffer) => boolean): void {
    this.#loses = such;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
