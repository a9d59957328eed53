import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What became of a file: made, equal already, left as somebody edited it, or written anew because that was asked for. */
type FileOutcome = 'created' | 'identical' | 'kept' | 'overwritten';

/** A file, by its path with slashes from a folder, and what became of it. */
export interface WrittenFile {
  readonly path: string;
  readonly outcome: FileOutcome;
}

/** How files are written. */
export interface WriteOptions {
  /** Writes over what somebody edited. */
  readonly force?: boolean;
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean;
}

/** Writes files by the policy of the generators, so that they can be made again: what differs stays unless it is forced. */
export function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  { force = false, dryRun = false }: WriteOptions,
): WrittenFile[] {
  return [...files].map(([path, text]) => {
    const file = join(folder, path);
    const outcome = outcomeOf(file, text, force);
    if (!dryRun && (outcome === 'created' || outcome === 'overwritten')) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return { path, outcome };
  });
}

function outcomeOf(file: string, text: string, force: boolean): FileOutcome {
  if (!existsSync(file)) return 'created';
  if (unified(readFileSync(file, 'utf8')) === unified(text)) return 'identical';
  return force ? 'overwritten' : 'kept';
}

/** Two files are the same whatever line breaks a checkout gave them. */
function unified(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd();
}
