/** One thing to do with the posts table; answers how many rows it read or wrote. */
export interface Operation {
  readonly name: string;
  /** How often it is done per round. */
  readonly times: number;
}

/** A way to do all the operations. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  /** Does one operation, in a unit of work of its own. */
  run(operation: string, turn: number): Promise<number>;
}

/** What is measured, from reading plain rows to writing many. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'plain rows: 20', times: 400 },
  { name: 'plain rows: 200', times: 100 },
  { name: 'instances: 20', times: 300 },
  { name: 'instances: 200', times: 60 },
  { name: 'one by key', times: 600 },
  { name: 'filter, order, limit 20', times: 300 },
  { name: 'create', times: 300 },
  { name: 'read, change a column, save', times: 200 },
  { name: 'create 100 at once', times: 15 },
  { name: 'walk over 10 000', times: 2 },
];
