import { OrmOptionsError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { whileDiscovering } from '../models/retargeting.js';
import { modelDefinition } from '../models/model-definition.js';
import { DEFAULT_CONNECTION, PRIMARY } from './connection-name.js';

/** Models that somebody wants to be known, and on which connection if that was said. */
export interface ModelClaim {
  readonly models: readonly ModelClass[];
  readonly connection?: string;
}

/** Which models live on which of an application's connections. */
export class ConnectionPlan {
  readonly #names: ReadonlySet<string>;
  readonly #places = new Map<ModelClass, Set<string>>();

  /** @throws OrmOptionsError when a connection is declared twice, or a model claimed for one that is not declared. */
  constructor(names: readonly string[], claims: readonly ModelClaim[]) {
    this.#names = new Set(names);
    this.#checkNames(names);
    for (const { models, connection } of claims) {
      for (const model of models) {
        for (const place of [connection, modelDefinition(model).connection]) {
          if (place !== undefined) this.#place(model, place);
        }
      }
    }
    // What nobody gave a place is where most models are.
    for (const model of claims.flatMap(({ models }) => models)) {
      if (!this.#places.has(model)) this.#place(model, DEFAULT_CONNECTION);
    }
    whileDiscovering(
      () => this.#places.keys(),
      () => {
        for (const name of names) this.#placeRelated(name);
      },
    );
  }

  /**
   * All models of a connection, with those that are only known once its options are.
   *
   * @throws OrmOptionsError when a model is on several connections and does not say which one is meant.
   */
  modelsOf(connection: string, further: readonly ModelClass[] = []): readonly ModelClass[] {
    for (const model of further) this.#place(model, connection);
    whileDiscovering(
      () => this.#places.keys(),
      () => this.#placeRelated(connection),
    );
    const models = [...this.#places].filter(([, places]) => places.has(connection)).map(([model]) => model);
    for (const model of models) this.homeOf(model);
    return models;
  }

  /**
   * The connection of a model's rows when a query names none.
   *
   * @throws OrmOptionsError when it is on several and `@Model` names none of them.
   */
  homeOf(model: ModelClass): string {
    const { connection, name } = modelDefinition(model);
    const places = [...(this.#places.get(model) ?? [])];
    if (connection !== undefined) return connection;
    if (places.length < 2) return places[0] ?? DEFAULT_CONNECTION;
    throw new OrmOptionsError(`The model ${name} is on the connections ${places.join(' and ')}.`, {
      fix: `Say which one queries mean: @Model({ connection: '${places[0]}' }) on ${name}, or list it for one of them only.`,
    });
  }

  #place(model: ModelClass, connection: string): void {
    if (!this.#names.has(connection)) {
      throw new OrmOptionsError(`${model.name} is to be on the connection "${connection}", which no forRoot() opens.`, {
        fix: `Name ${[...this.#names].join(' or ')}, or import CoreOrmModule.forRoot({ name: '${connection}' }).`,
      });
    }
    const places = this.#places.get(model);
    if (places) places.add(connection);
    else this.#places.set(model, new Set([connection]));
  }

  /** A table can only point to one beside it, so models that nobody placed follow those that point to them. */
  #placeRelated(connection: string): void {
    // A map also visits what is added to it meanwhile.
    for (const [model, places] of this.#places) {
      if (!places.has(connection)) continue;
      for (const { name, relation } of modelDefinition(model).fields.values()) {
        if (!relation) continue;
        const target = relation.target();
        const there = this.#places.get(target);
        const told = modelDefinition(target).connection;
        if (!there) this.#place(target, told ?? connection);
        if (this.#places.get(target)?.has(connection)) continue;
        throw new OrmOptionsError(
          `${model.name}.${name} leads from the connection "${connection}" to ${target.name} on "${[...(there ?? [told])].join()}".`,
          {
            fix: 'Relations stay in one database: keep the key in a plain field, or put both models on one connection.',
          },
        );
      }
    }
  }

  #checkNames(names: readonly string[]): void {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new OrmOptionsError(`CoreOrmModule.forRoot() opens the connection "${twice}" twice.`, {
        fix: `Give one of them a name of its own: forRoot({ name: 'reports' }).`,
      });
    }
    if (names.includes(PRIMARY)) {
      throw new OrmOptionsError(`A connection cannot be called "${PRIMARY}", which asks queries for no replica.`, {
        fix: 'Give it another name.',
      });
    }
  }
}
