import { DatabaseConnectionLostError } from '../errors/database.errors.js';
import { codeOf, messageOf } from './foreign-error.js';

/** What servers and sockets say when a connection ends; 08P01 is a statement that breaks the protocol. */
const LOST_CODES = /^(?:08(?!P01)\w{3}|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|PROTOCOL_CONNECTION_LOST)$/;
/** What `pg` and `mysql2` say, without a code, of a connection that ends under a statement, or had ended before. */
const LOST_MESSAGES =
  /^(?:Connection terminated|Client (?:was closed|has encountered a connection error) and is not queryable|Can't (?:write|add new command when connection is) in closed state)/;

/** Makes our error of one that says that the connection is gone; other errors stay what they are. */
export function explainLostConnection(error: unknown): unknown {
  const isLost = LOST_CODES.test(codeOf(error) ?? '') || LOST_MESSAGES.test(messageOf(error));
  return isLost ? new DatabaseConnectionLostError(error) : error;
}
