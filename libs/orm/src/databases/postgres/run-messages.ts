/** The messages "execute all of it" and "that was all", which end every request. */
const EXECUTE_AND_SYNC = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);
const BIND = 0x42;
const NULL_LENGTH = -1;

/**
 * Writes the messages that run a prepared statement with these values into one buffer, which is one write to the socket:
 * `pg` makes several, which cost as much as everything else together.
 *
 * @param name in ASCII, as the statement was prepared.
 * @see PostgreSQL's documentation, "Frontend/Backend Protocol", "Message Formats": Bind, Execute, Sync.
 */
export function runMessages(name: string, texts: readonly (string | null)[]): Buffer {
  const sizes = texts.map((text) => (text === null ? 0 : Buffer.byteLength(text)));
  // Length, the portal's empty name, the statement's name, no formats of values, values, no formats of results.
  let length = 4 + 1 + name.length + 1 + 2 + 2 + 2;
  for (const size of sizes) length += 4 + size;
  const buffer = Buffer.allocUnsafe(1 + length + EXECUTE_AND_SYNC.length);
  buffer[0] = BIND;
  buffer.writeInt32BE(length, 1);
  buffer[5] = 0;
  let end = 6 + buffer.write(name, 6, 'latin1');
  buffer[end++] = 0;
  end = buffer.writeInt16BE(0, end);
  end = buffer.writeUInt16BE(texts.length, end);
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] as string | null;
    end = buffer.writeInt32BE(text === null ? NULL_LENGTH : (sizes[index] as number), end);
    if (text !== null) end += buffer.write(text, end, 'utf8');
  }
  end = buffer.writeInt16BE(0, end);
  EXECUTE_AND_SYNC.copy(buffer, end);
  return buffer;
}
