import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Ber, BerReader, BerWriter, ProtocolOperation } from 'ldapts';

/** Somebody in the directory, by his distinguished name. */
export interface LdapPerson {
  readonly password: string;
  readonly mail: string;
}

const SUCCESS = 0;
const PROTOCOL_ERROR = 2;
const INVALID_CREDENTIALS = 49;
const SIMPLE_PASSWORD = Ber.Context;

/** As much of a directory (RFC 4511) as a test of a sign-in asks: binds with a password, and the look at one entry. */
export class LdapServer implements AsyncDisposable {
  /** Everything that was bound as, in turn. */
  readonly binds: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly people: ReadonlyMap<string, LdapPerson>,
  ) {
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(people: Readonly<Record<string, LdapPerson>>): Promise<LdapServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LdapServer(server, new Map(Object.entries(people)));
  }

  get url(): string {
    return `ldap://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(socket: Socket): void {
    // Requests are so small that each comes as a whole.
    socket.on('data', (data) => {
      const reader = new BerReader(data);
      reader.readSequence();
      const id = reader.readInt() ?? 0;
      const operation = reader.peek();
      reader.readSequence(operation ?? 0);
      if (operation === ProtocolOperation.LDAP_REQ_BIND) this.#bind(socket, id, reader);
      else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) this.#search(socket, id, reader);
      else socket.end();
    });
    socket.on('error', () => socket.destroy());
  }

  #bind(socket: Socket, id: number, reader: BerReader): void {
    reader.readInt();
    const name = reader.readString() ?? '';
    const password = reader.readString(SIMPLE_PASSWORD) ?? '';
    this.binds.push(name);
    // As real ones do: without a password everybody is let in, as nobody.
    const isRight = password === '' || this.people.get(name)?.password === password;
    answer(socket, id, ProtocolOperation.LDAP_RES_BIND, isRight ? SUCCESS : INVALID_CREDENTIALS);
  }

  #search(socket: Socket, id: number, reader: BerReader): void {
    const name = reader.readString() ?? '';
    const person = this.people.get(name);
    if (person) {
      socket.write(
        message(id, ProtocolOperation.LDAP_RES_SEARCH_ENTRY, (writer) => {
          writer.writeString(name);
          writer.startSequence();
          writer.startSequence();
          writer.writeString('mail');
          writer.startSequence(ProtocolOperation.LBER_SET);
          writer.writeString(person.mail);
          for (let open = 0; open < 3; open++) writer.endSequence();
        }),
      );
    }
    answer(socket, id, ProtocolOperation.LDAP_RES_SEARCH, person ? SUCCESS : PROTOCOL_ERROR);
  }
}

function answer(socket: Socket, id: number, operation: number, result: number): void {
  const text = message(id, operation, (writer) => {
    writer.writeEnumeration(result);
    writer.writeString('');
    writer.writeString('');
  });
  socket.write(text);
}

function message(id: number, operation: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}
