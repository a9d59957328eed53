const HIDDEN = '[redacted]';
const NAMES =
  'password|passwd|pwd|secret|token|authorization|cookie|api[_-]?key|secret[_-]?key|private[_-]?key|credentials';

/** `"password":…` at any depth of a JSON line: a string, a number or a flat list. */
const MEMBER = new RegExp(String.raw`("[\w-]*(?:${NAMES})":)(?:"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*|\[[^\]]*\])`, 'gi');
/** `?token=…` in URLs. */
const PARAMETER = new RegExp(String.raw`([?&][\w.-]*(?:${NAMES}|code|signature)=)[^&#\s"\\]+`, 'gi');
/** `postgresql://user:password@host`. */
const URL_PASSWORD = /(:\/\/[^\s:/@"]*:)[^\s/"]+@/g;
/** `Bearer …` and `Basic …` in messages. */
const CREDENTIALS = /\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi;

/** Replaces what must not be in a log: passwords, tokens, cookies, in members, URLs and messages alike. */
export function redactSecrets(line: string): string {
  return line
    .replace(MEMBER, `$1"${HIDDEN}"`)
    .replace(PARAMETER, `$1${HIDDEN}`)
    .replace(URL_PASSWORD, `$1${HIDDEN}@`)
    .replace(CREDENTIALS, `$1 ${HIDDEN}`);
}
