/** Records of one partition that were handed out: what may be committed is all before the first that is not done. */
export class PartitionOffsets {
  readonly #done = new Map<bigint, boolean>();
  /** All before it are done. */
  #next: bigint | undefined;
  #committed: bigint | undefined;
  /** Where this member began to read. */
  #start: bigint | undefined;

  /** A record came; the first one says where this member begins. */
  see(offset: bigint): void {
    this.#start ??= offset;
    this.#committed ??= offset;
  }

  /** Answers whether it was not known already. */
  begin(offset: bigint): boolean {
    if (this.#done.has(offset)) return false;
    this.#done.set(offset, false);
    return true;
  }

  end(offset: bigint): void {
    if (this.#done.has(offset)) this.#done.set(offset, true);
  }

  /** The offset to commit, when it is further than the last one that was. */
  advance(): bigint | undefined {
    for (const [offset, done] of this.#done) {
      if (!done) break;
      this.#done.delete(offset);
      this.#next = offset + 1n;
    }
    return this.#next === this.#committed ? undefined : this.#next;
  }

  committed(offset: bigint): void {
    this.#committed = offset;
  }

  /** The members of the group changed: what comes now may have been another's. */
  handOver(): void {
    this.#next = this.#committed = this.#start = undefined;
  }

  /** Whether no more than so many lie between the last commit and a record. */
  isBehindCommit(offset: bigint, window: number): boolean {
    return this.#committed === undefined || offset - this.#committed < window;
  }

  /** Whether no more than so many lie between where this member began and a record. */
  isNear(offset: bigint, window: number): boolean {
    return this.#start === undefined || offset - this.#start < window;
  }
}
