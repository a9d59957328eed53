/** Records of one partition that were handed out: what may be committed is all before the first that is not done. */
export class PartitionOffsets {
  readonly #done = new Map<bigint, boolean>();

  /** Answers whether it was not known already. */
  begin(offset: bigint): boolean {
    if (this.#done.has(offset)) return false;
    this.#done.set(offset, false);
    return true;
  }

  end(offset: bigint): void {
    if (this.#done.has(offset)) this.#done.set(offset, true);
  }

  /** The offset to go on from, when it is further than at the last time. */
  advance(): bigint | undefined {
    let next: bigint | undefined;
    for (const [offset, done] of this.#done) {
      if (!done) break;
      this.#done.delete(offset);
      next = offset + 1n;
    }
    return next;
  }
}
