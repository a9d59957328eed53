import { type Clock, ContextKey, RequestContext, systemClock } from '@core-framework/common';
import { UnknownDatabaseError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { DEFAULT_CONNECTION } from './connection-name.js';
import type { ConnectionPlan } from './connection-plan.js';
import type { Database } from './database.js';

/** Where the models of the work in hand are: in one of an application's databases first, if one was picked. */
interface Place {
  readonly connections: Connections;
  readonly database?: Database;
}

/** How an application tells the time. */
export interface ApplicationTime {
  readonly clock: Clock;
  /** Zone of times that come without one. */
  readonly zone: string;
}

const MACHINE_TIME: ApplicationTime = { clock: systemClock, zone: 'UTC' };
const PLACE = new ContextKey<Place>('orm:place');
const inUse = new Set<Connections>();

/** The open databases of one application, by the names of their connections. */
export class Connections {
  readonly #databases = new Map<string, Database>();
  readonly #place: Place = { connections: this };
  #only: Database | undefined;

  constructor(
    private readonly plan?: ConnectionPlan,
    private readonly time = MACHINE_TIME,
  ) {}

  /**
   * The databases of the work in hand, else those of the only application that has any open.
   *
   * @throws UnknownDatabaseError when there is none, or several applications and the work belongs to none of them.
   */
  static current(): Connections {
    return Connections.place().connections;
  }

  /** Like {@link current}, with the database that was picked for the work. */
  static place(): Place {
    const place = RequestContext.current()?.get(PLACE);
    if (place) return place;
    const [only, ...others] = inUse;
    if (only && others.length === 0) return only.#place;
    throw new UnknownDatabaseError(
      only ? 'Several databases are open and the work in hand belongs to none of them.' : 'No database is open.',
      {
        fix: only
          ? 'Use an injected Manager, or runInContext(work, { database }).'
          : 'Import CoreOrmModule.forRoot() and use models once the application has started.',
      },
    );
  }

  /** The time of the work in hand, else of the only application that has databases open, else of the machine. */
  static time(): ApplicationTime {
    const place = RequestContext.current()?.get(PLACE);
    if (place) return place.connections.time;
    const [only, ...others] = inUse;
    return only && others.length === 0 ? only.time : MACHINE_TIME;
  }

  /** Gives the place of the work in hand to work that starts inside it. */
  static carryTo(context: RequestContext): void {
    const place = RequestContext.current()?.get(PLACE);
    if (place) context.set(PLACE, place);
  }

  /** The models of the application of the work in hand; of all that are open, where the work belongs to none. */
  static models(): readonly ModelClass[] {
    const place = RequestContext.current()?.get(PLACE);
    const applications = place ? [place.connections] : [...inUse];
    return applications.flatMap(({ models }) => models);
  }

  get names(): readonly string[] {
    return [...this.#databases.keys()];
  }

  /** @throws UnknownDatabaseError when no connection of that name is open. */
  get(name: string): Database {
    const database = this.#databases.get(name);
    if (database) return database;
    const described = typeof name === 'string' ? `'${name}'` : `(${typeof name})`;
    throw new UnknownDatabaseError(`No connection ${described} is open.`, {
      fix: `Name ${this.names.join(' or ') || 'one that is open'}, or import CoreOrmModule.forRoot({ name: ${described} }).`,
    });
  }

  get models(): readonly ModelClass[] {
    return [...this.#databases.values()].flatMap(({ models }) => models);
  }

  /** The models of a connection, with those that only its options name. @throws OrmOptionsError when they fit no plan. */
  modelsOf(connection: string, further: readonly ModelClass[]): readonly ModelClass[] {
    return this.plan?.modelsOf(connection, further) ?? further;
  }

  /** The default connection, or the only one. */
  get main(): Database {
    return this.#only ?? this.get(DEFAULT_CONNECTION);
  }

  /** The database of a model's rows, unless a query says otherwise. */
  of(model: ModelClass): Database {
    return this.#only ?? this.get(this.plan?.homeOf(model) ?? DEFAULT_CONNECTION);
  }

  add(database: Database): void {
    this.#databases.set(database.name, database);
    inUse.add(this);
    this.#count();
  }

  remove({ name }: Database): void {
    this.#databases.delete(name);
    if (this.#databases.size === 0) inUse.delete(this);
    this.#count();
  }

  /** Makes these the databases of the work that `context` belongs to, `database` before the others. */
  bindTo(context: RequestContext, database?: Database): void {
    context.set(PLACE, database ? { connections: this, database } : this.#place);
  }

  #count(): void {
    const [first] = this.#databases.values();
    this.#only = this.#databases.size === 1 ? first : undefined;
  }
}
