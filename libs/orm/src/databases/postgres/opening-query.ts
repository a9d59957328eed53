import pg from 'pg';

type Completion = (error: Error | null | undefined, result: pg.QueryResult) => void;

/** What `pg`'s Query has beyond its type declarations. */
interface ExtendedQuery extends pg.Submittable {
  prepare(connection: pg.Connection): void;
  handleCommandComplete(message: object, connection: pg.Connection): void;
}

const ExtendedQuery = pg.Query as unknown as new (
  config: pg.QueryConfig,
  values: undefined,
  done: Completion,
) => ExtendedQuery;

/**
 * The first statement of a transaction, sent together with its `begin`: one way to the server and back instead of two.
 *
 * Nothing separates the two for PostgreSQL, which passes over the statement should `begin` fail: it never runs outside
 * of the transaction.
 */
export class OpeningQuery extends ExtendedQuery {
  #begun = false;

  constructor(
    private readonly begin: string,
    statement: pg.QueryConfig,
    done: Completion,
  ) {
    super(statement, undefined, done);
  }

  /** Writes what `pg` collects and sends at once. */
  override prepare(connection: pg.Connection): void {
    connection.parse({ name: '', text: this.begin, types: [] }, true);
    connection.bind({}, true);
    connection.execute(null, true);
    super.prepare(connection);
  }

  override handleCommandComplete(message: object, connection: pg.Connection): void {
    if (this.#begun) super.handleCommandComplete(message, connection);
    this.#begun = true;
  }
}
