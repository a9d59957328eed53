import { distance } from 'fastest-levenshtein';

/** The sentence that offers the name somebody may have meant; `undefined` when none is near. */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(candidate.length, name.length) / 3)
    .sort((one, other) => one.edits - other.edits);
  return nearest && `Did you mean "${nearest.candidate}"?`;
}
