import { callbackOf } from '../group-callback.js';
import type { NewTask, TaskGroupPlace } from '../task-backend.js';

interface OpenGroup {
  readonly results: Map<number, string | undefined>;
  keptUntil: number;
}

/** What members of groups answered whose others have not ended. */
export class MemoryGroups {
  readonly #groups = new Map<string, OpenGroup>();

  /** Notes that a member has succeeded; answers the callback when it was the last one. */
  end(place: TaskGroupPlace, result: string | undefined, now: number): NewTask | undefined {
    const group = this.#groups.get(place.id) ?? { results: new Map(), keptUntil: 0 };
    this.#groups.set(place.id, group);
    group.results.set(place.index, result);
    group.keptUntil = now + place.keepMs;
    if (group.results.size < place.size) return undefined;
    this.#groups.delete(place.id);
    return callbackOf(
      place,
      Array.from({ length: place.size }, (_, index) => group.results.get(index)),
    );
  }

  /** Forgets groups whose others will not end any more. */
  purge(now: number): void {
    for (const [id, { keptUntil }] of this.#groups) if (keptUntil <= now) this.#groups.delete(id);
  }
}
