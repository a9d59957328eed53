import type { SqlEntityManager } from '@mikro-orm/sql';
import { Logger } from '@nestjs/common';

/** A step that puts an instance back to what it was before the transaction. */
type Undo = () => void;

const logger = new Logger('Transaction');
const transactions = new WeakMap<SqlEntityManager, Transaction>();

/** What has to happen when a transaction, or a savepoint in one, ends. */
export class Transaction {
  readonly #undo: Undo[] = [];
  readonly #callbacks: (() => unknown)[] = [];
  readonly #written = new Set<object>();

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

  /** Notes that a row was written, and what puts the instance back. */
  wrote(row: object, undo: Undo): void {
    this.#written.add(row);
    this.#undo.push(undo);
  }

  /** Whether the row was written in it already, so that others will see a new version of it in any case. */
  hasWritten(row: object): boolean {
    return this.#written.has(row) || (this.parent?.hasWritten(row) ?? false);
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
      for (const row of this.#written) this.parent.#written.add(row);
      this.parent.#undo.push(...this.#undo);
      this.parent.#callbacks.push(...this.#callbacks);
      return;
    }
    const errors: unknown[] = [];
    for (const callback of this.#callbacks) {
      try {
        await callback();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** What went wrong with the work matters more to its caller than what goes wrong here. */
  rolledBack(): void {
    for (const undo of this.#undo.toReversed()) {
      try {
        undo();
      } catch (error) {
        logger.error('A callback of onRollback() failed.', error);
      }
    }
  }
}
