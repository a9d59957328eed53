const ORIGIN = /^https?:\/\/[^/?#]*/i;

/** The target of a request without the origin that proxies put in front of it (`GET http://host/path`). */
export function withoutOrigin(target: string): string {
  return target.startsWith('/') ? target : target.replace(ORIGIN, '');
}

/** The path of a request's target, decoded as the router decodes it before it looks for fixed texts. */
export function pathOf(target: string): string {
  const [path = ''] = withoutOrigin(target).split(/[?#;]/, 1);
  if (!path.includes('%')) return path;
  try {
    return decodeURI(path);
  } catch {
    // The router refuses such a path by itself.
    return path;
  }
}
