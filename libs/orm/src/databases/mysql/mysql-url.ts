import { InvalidDatabaseUrlError } from '../../errors/database.errors.js';
import { decodePart } from '../url-part.js';
import type { MySqlFlavour } from './mysql-family.js';

/** A MySQL or MariaDB server and the database on it. */
export interface MySqlUrl {
  readonly dialect: MySqlFlavour;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Never print it. */
  readonly password: string;
  readonly database: string;
  /** Whether, and how strictly, the connection is encrypted. */
  readonly tls?: { readonly rejectUnauthorized: boolean };
}

/** What `ssl-mode` asks for, in the words of MySQL's clients; `true` is short for the strictest. */
const TLS: Readonly<Record<string, MySqlUrl['tls']>> = {
  disabled: undefined,
  false: undefined,
  required: { rejectUnauthorized: false },
  verify_ca: { rejectUnauthorized: true },
  verify_identity: { rejectUnauthorized: true },
  true: { rejectUnauthorized: true },
};

/** @throws {InvalidDatabaseUrlError} when the part after the scheme cannot be read. */
export function parseMySql(dialect: MySqlFlavour, rest: string): MySqlUrl {
  const text = `${dialect}://${rest}`;
  if (!URL.canParse(text)) {
    throw new InvalidDatabaseUrlError(
      `is not a readable ${dialect} URL`,
      'Percent-encode special characters in user and password ("@" is %40, "/" is %2F, "#" is %23).',
    );
  }
  const { hostname, password, pathname, port, searchParams, username } = new URL(text);
  const database = decodePart(pathname.slice(1));
  if (database === '') {
    throw new InvalidDatabaseUrlError('names no database', `Append its name: ${dialect}://user@host:3306/app.`);
  }
  return {
    dialect,
    // An address in brackets is one of version 6.
    host: hostname === '' ? 'localhost' : hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 3306 : Number(port),
    user: decodePart(username),
    password: decodePart(password),
    database,
    ...tlsOf(searchParams),
  };
}

function tlsOf(parameters: URLSearchParams): Pick<MySqlUrl, 'tls'> {
  let tls: MySqlUrl['tls'];
  for (const [name, value] of parameters) {
    // Python's drivers name the character set; it is utf8mb4 here, always.
    if (name === 'charset') continue;
    const mode = value.toLowerCase();
    if (!['ssl', 'ssl-mode', 'sslmode'].includes(name) || !Object.hasOwn(TLS, mode)) {
      throw new InvalidDatabaseUrlError(
        'has a parameter that is not understood',
        `Of parameters there is ssl-mode, with one of ${Object.keys(TLS).join(', ')}.`,
      );
    }
    tls = TLS[mode];
  }
  return tls ? { tls } : {};
}
