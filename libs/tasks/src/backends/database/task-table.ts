import type { LeasedRow, LeaseTable } from '@core-framework/outbox';

/** The tasks, for the lease engine. */
export const TASK_TABLE: LeaseTable = {
  name: 'background_tasks',
  columns: ['id', 'name', 'queue', 'args', 'headers', 'failures', 'cancelled_at'],
  doneColumn: 'done_at',
};

/** A row of the tasks as it is claimed. */
export interface TaskRow extends LeasedRow {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly args: string;
  readonly headers: string;
  readonly failures: number;
  readonly cancelled_at: unknown;
}
