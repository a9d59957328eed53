/** Big integers are texts, as everywhere in JSON. */
export function jsonOf(data: unknown): string {
  return JSON.stringify(data ?? null, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
