/** Fills the parameters of a path: those that are given, `1` for keys, `x` for others. */
export function addressOf(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path
    .replaceAll(/:(\w+)(?:\([^)]*\))?/g, (_match, name: string) => params[name] ?? (/id$/i.test(name) ? '1' : 'x'))
    .replaceAll('*', 'x');
}
