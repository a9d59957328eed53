import { Logger } from '@nestjs/common';

/** Told of every statement that is sent, without its values. */
export type QueryEcho = (sql: string) => void;

/** Strings (with doubled quotes), quoted names (kept), blobs and numbers that are not part of a name or `$1`. */
const LITERALS =
  /(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)|x?'(?:[^']|'')*'|(?<![\w$."])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi;

/** Replaces the values that stand in an SQL text by `?`: they may be anybody's data. */
export function withoutValues(sql: string): string {
  return sql.replace(LITERALS, (literal, name?: string) => name ?? (literal === '' ? '' : '?'));
}

/** Writes statements to the application's log, as `DB_ECHO` asks for. */
export function echoToLog(): QueryEcho {
  const logger = new Logger('Database');
  return (sql) => logger.log(withoutValues(sql));
}
