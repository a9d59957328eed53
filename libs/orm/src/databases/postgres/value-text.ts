/** The text by which PostgreSQL takes a value, whatever the type of the parameter; `null` for an empty one. */
export function textOfValue(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return textOfDate(value);
      if (Array.isArray(value)) return textOfArray(value);
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** ISO 8601, without the sign that JavaScript puts before years beyond 9999, and with `BC` for those before the first. */
function textOfDate(date: Date): string {
  const text = date.toISOString();
  if (text.startsWith('+')) return text.slice(1);
  const year = date.getUTCFullYear();
  return year > 0 ? text : `${String(1 - year).padStart(4, '0')}${text.slice(text.indexOf('-', 1))} BC`;
}

/** `{"a","b",NULL}` */
function textOfArray(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (Array.isArray(value)) return textOfArray(value);
    const text = textOfValue(value);
    return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}
