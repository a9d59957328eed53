import type { Random } from './random.js';

type Row = Readonly<Record<string, unknown>>;

/** Keys of a collection that are kept: the newest, since older rows may be gone. */
const KEPT = 30;

/** The keys of rows that answers have shown, so that requests are about rows which exist, of the right collection. */
export class SeenKeys {
  readonly #keys = new Map<string, unknown[]>();

  constructor(private readonly random: Random) {}

  /** Notes the rows of an answer: of a page, an envelope or a single one. */
  note(path: string, body: unknown): void {
    const { results } = (body ?? {}) as { readonly results?: readonly unknown[] };
    const rows = Array.isArray(body) ? (body as readonly unknown[]) : (results ?? [body]);
    for (const row of rows) {
      if (typeof row !== 'object' || row === null) continue;
      for (const name of ['id', 'slug']) this.#add(`${collectionOf(path)}.${name}`, (row as Row)[name]);
    }
  }

  /** A key for a parameter of a path: `{id}` of what stands in front of it, `{post_id}` of posts. */
  keyFor(path: string, parameter: string): unknown {
    const before = path.slice(0, path.indexOf(`/{${parameter}}`));
    return this.#any(`${collectionOf(before)}.${parameter.endsWith('slug') ? 'slug' : 'id'}`);
  }

  /** A body whose keys of related rows, as far as their names tell, are of rows that were seen. */
  related(body: unknown): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    return Object.fromEntries(
      Object.entries(body).map(([name, value]: [string, unknown]) => {
        const key = this.#any(`${name}s.id`);
        if (typeof value === 'number' && key !== undefined) return [name, key];
        return [name, value];
      }),
    );
  }

  #add(collection: string, key: unknown): void {
    if (key === undefined) return;
    this.#keys.set(collection, [...(this.#keys.get(collection) ?? []).slice(1 - KEPT), key]);
  }

  #any(collection: string): unknown {
    const known = this.#keys.get(collection) ?? [];
    return known.length > 0 ? this.random.pick(known) : undefined;
  }
}

/** The last part of a path that is no parameter and no action: `/posts/{id}` and `/posts` are of `posts`. */
function collectionOf(path: string): string {
  return (
    path
      .split('/')
      .filter((part) => part && !part.startsWith('{'))
      .at(-1) ?? ''
  );
}
