import type { SqlEntityManager } from '@mikro-orm/sql';

/** A step that puts an instance back to what it was before the transaction. */
type Undo = () => void;

const transactions = new WeakMap<SqlEntityManager, Transaction>();

/** What has to happen when a transaction, or a savepoint in one, ends. */
export class Transaction {
  readonly #undo: Undo[] = [];
  readonly #callbacks: (() => unknown)[] = [];

  constructor(
    em: SqlEntityManager,
    private readonly parent?: Transaction,
  ) {
    transactions.set(em, this);
  }

  /** The transaction whose work the EntityManager does. */
  static of(em: SqlEntityManager): Transaction | undefined {
    return transactions.get(em);
  }

  onRollback(undo: Undo): void {
    this.#undo.push(undo);
  }

  onCommit(callback: () => unknown): void {
    this.#callbacks.push(callback);
  }

  /** A savepoint's consequences wait for the transaction around it; those of the outermost happen now. */
  async committed(): Promise<void> {
    if (this.parent) {
      this.parent.#undo.push(...this.#undo);
      this.parent.#callbacks.push(...this.#callbacks);
      return;
    }
    for (const callback of this.#callbacks) await callback();
  }

  rolledBack(): void {
    for (const undo of this.#undo.toReversed()) undo();
  }
}
