import type { Tree } from '@angular-devkit/schematics';
import { format, formatLike } from '../code/format.js';

/** What became of a file. */
export type Outcome = 'created' | 'changed' | 'identical' | 'kept' | 'overwritten';

/** A file as a generator wants it. */
export interface WantedFile {
  readonly path: string;
  readonly text: string;
  /** What the generator would have written before this run: a file that is equal to it was never edited. */
  readonly earlier?: string;
}

/** Lines that a generator says. */
export interface Reporter {
  info(line: string): void;
  warn(line: string): void;
}

/**
 * Writes files by one policy, so that generators can be run again: what is not there is made, what is equal stays, what
 * somebody edited stays unless it is forced.
 */
export class FilePlan {
  readonly #tree: Tree;
  readonly #reporter: Reporter;
  readonly #force: boolean;
  readonly #outcomes = new Map<string, Outcome>();

  constructor(tree: Tree, reporter: Reporter, force = false) {
    this.#tree = tree;
    this.#reporter = reporter;
    this.#force = force;
  }

  /** What became of the files so far. */
  get outcomes(): ReadonlyMap<string, Outcome> {
    return this.#outcomes;
  }

  async write({ path, text, earlier }: WantedFile): Promise<Outcome> {
    const wanted = await format(path, text);
    const present = this.#tree.read(path)?.toString('utf8');
    if (present === undefined) {
      this.#tree.create(path, wanted);
      return this.#note(path, 'created');
    }
    const isSame = (other: string) => unified(other) === unified(present);
    if (isSame(wanted)) return this.#note(path, 'identical');
    const isUntouched = earlier !== undefined && isSame(await format(path, earlier));
    if (!isUntouched && !this.#force) return this.#note(path, 'kept');
    this.#tree.overwrite(path, wanted);
    return this.#note(path, isUntouched ? 'changed' : 'overwritten');
  }

  /** Changes a file in place; an edit that finds nothing to do answers the text as it was. */
  async edit(path: string, change: (text: string) => string): Promise<boolean> {
    const before = this.#tree.read(path)?.toString('utf8');
    if (before === undefined) return false;
    const changed = change(before);
    if (changed === before) return false;
    this.#tree.overwrite(path, await formatLike(path, before, changed));
    if (!this.#outcomes.has(path)) this.#outcomes.set(path, 'changed');
    return true;
  }

  #note(path: string, outcome: Outcome): Outcome {
    this.#outcomes.set(path, outcome);
    if (outcome === 'identical') this.#reporter.info(`IDENTICAL ${path}`);
    if (outcome === 'kept')
      this.#reporter.info(`KEPT ${path} (differs from what would be generated; --force writes it anew)`);
    return outcome;
  }
}

/** Two files are the same whatever line breaks a checkout gave them. */
function unified(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd();
}
