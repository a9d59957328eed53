import type { Faker } from '@faker-js/faker';
import { UnknownFactoryStateError } from '../errors/seeding.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import type { NewRow, RelationName } from '../querysets/lookup-types.js';
import { createManager } from '../querysets/manager.js';
import { createFaker } from './faker.js';
import { storeRelated } from './related-factory.js';

/** Values of a new instance; where a relation is wanted, a factory makes the related row. */
export type FactoryAttributes<T extends object> = {
  readonly [K in keyof NewRow<T>]?: NewRow<T>[K] | Factory<object>;
};

/** Invents the values of the instance with this number; numbers start at 1. */
export type AttributesOf<T extends object> = (faker: Faker, sequence: number) => FactoryAttributes<T>;

/** Values that replace others, or a function that invents them. */
export type FactoryState<T extends object> = FactoryAttributes<T> | AttributesOf<T>;

/** Options of {@link defineFactory}. */
export interface FactoryOptions<T extends object, S extends string> {
  /** Named variations, such as `{ published: { isPublished: true } }`. */
  readonly states?: Readonly<Record<S, FactoryState<T>>>;
  /** Called with each row that was stored, inside the same transaction as {@link Factory.create} is. */
  readonly afterCreate?: AfterCreate<T>;
}

/** What happens to a row that a factory has stored. */
export type AfterCreate<T extends object> = (row: T, faker: Faker) => unknown;

/** Where values come from; shared by all variations of a factory until one is seeded. */
interface Generator {
  faker?: Promise<Faker>;
  sequence: number;
  readonly seed?: number;
  /** The generators of factories of related rows, which a seed decides as well. */
  readonly related: Map<Generator, Generator>;
}

interface FactoryPlan<T extends object> {
  readonly model: ModelClass<T>;
  readonly layers: readonly FactoryState<T>[];
  readonly states: Readonly<Record<string, FactoryState<T>>>;
  /** Of the model's rows; as wide as this, a factory of any model is a `Factory<object>`. */
  readonly afterCreate: readonly AfterCreate<never>[];
  readonly generator: Generator;
}

/** Values that are the same for all rows, or a function of the index that starts at 0. */
export type FactoryValues<T extends object> = FactoryAttributes<T> | ((index: number) => FactoryAttributes<T>);

function valuesAt<T extends object>(values: FactoryValues<T> | undefined, index: number) {
  return typeof values === 'function' ? values(index) : values;
}

/** Makes instances of a model with plausible values. Immutable: `state` and `seed` return another factory. */
export class Factory<T extends object, S extends string = string> {
  readonly #plan: FactoryPlan<T>;

  constructor(plan: FactoryPlan<T>) {
    this.#plan = plan;
  }

  /**
   * Lays a named state, or values, over the attributes.
   *
   * @throws {UnknownFactoryStateError} when there is no such state.
   */
  state(state: S | FactoryState<T>): Factory<T, S> {
    const { states, model, layers } = this.#plan;
    if (typeof state !== 'string') return new Factory<T, S>({ ...this.#plan, layers: [...layers, state] });
    const layer = Object.hasOwn(states, state) ? states[state] : undefined;
    if (layer === undefined) throw new UnknownFactoryStateError(model.name, state, Object.keys(states));
    return new Factory<T, S>({ ...this.#plan, layers: [...layers, layer] });
  }

  /** Adds something that happens to each row that is stored. */
  afterCreate(callback: AfterCreate<T>): Factory<T, S> {
    return new Factory<T, S>({ ...this.#plan, afterCreate: [...this.#plan.afterCreate, callback] });
  }

  /** Gives each row that is stored related rows of its own, by a relation to many (`comments`, `tags`). */
  has<R extends object>(relation: RelationName<T>, factory: Factory<R>, count = 1): Factory<T, S> {
    return this.afterCreate((row) => storeRelated(row, relation, this.#seededBy(factory), count));
  }

  /** Starts over with numbers and values that are the same in every run, dates and related rows included. */
  seed(seed: number): Factory<T, S> {
    return new Factory<T, S>({ ...this.#plan, generator: { sequence: 0, seed, related: new Map() } });
  }

  /** Invents the values of a row without storing anything; related rows that factories stand for are left out. */
  async build(values?: FactoryAttributes<T>): Promise<NewRow<T>> {
    const attributes = Object.entries(await this.#attributes(values));
    return Object.fromEntries(attributes.filter(([, value]) => !(value instanceof Factory))) as NewRow<T>;
  }

  /** Makes an instance without storing it; related rows that factories stand for are left out. */
  async make(values?: FactoryAttributes<T>): Promise<T> {
    return Object.assign(new this.#plan.model(), await this.build(values));
  }

  /** Makes several instances without storing them. */
  async makeMany(count: number, values?: FactoryValues<T>): Promise<T[]> {
    const made: T[] = [];
    for (let index = 0; index < count; index += 1) made.push(await this.make(valuesAt(values, index)));
    return made;
  }

  /** Stores one instance, and the related ones that it needs. */
  async create(values?: FactoryAttributes<T>): Promise<T> {
    const row = await createManager(this.#plan.model).create(await this.#row(values));
    await this.#finish([row]);
    return row;
  }

  /** Stores several instances by few statements. */
  async createMany(count: number, values?: FactoryValues<T>): Promise<T[]> {
    const rows: NewRow<T>[] = [];
    for (let index = 0; index < count; index += 1) {
      rows.push(await this.#row(valuesAt(values, index)));
    }
    const created = await createManager(this.#plan.model).bulkCreate(rows);
    await this.#finish(created);
    return created;
  }

  async #finish(rows: readonly T[]): Promise<void> {
    const { afterCreate } = this.#plan;
    if (afterCreate.length === 0) return;
    const faker = await this.#faker();
    for (const row of rows) for (const callback of afterCreate) await callback(row as never, faker);
  }

  /** The factory of related rows; what a seeded one gets follows from the seed. */
  #seededBy<R extends object>(factory: Factory<R>): Factory<R> {
    const { seed, related } = this.#plan.generator;
    if (seed === undefined) return factory;
    const own = factory.#plan.generator;
    const generator = related.get(own) ?? { sequence: 0, seed: seed + related.size + 1, related: new Map() };
    related.set(own, generator);
    return new Factory<R>({ ...factory.#plan, generator });
  }

  #faker(): Promise<Faker> {
    const { generator } = this.#plan;
    return (generator.faker ??= createFaker(generator.seed));
  }

  async #row(values: FactoryAttributes<T> | undefined): Promise<NewRow<T>> {
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(await this.#attributes(values))) {
      row[name] = value instanceof Factory ? await this.#seededBy(value).create() : value;
    }
    return row as NewRow<T>;
  }

  async #attributes(values: FactoryAttributes<T> | undefined): Promise<Record<string, unknown>> {
    const { layers, generator } = this.#plan;
    const faker = await this.#faker();
    generator.sequence += 1;
    const { sequence } = generator;
    const invented = layers.map((layer) => (typeof layer === 'function' ? layer(faker, sequence) : layer));
    return Object.assign({}, ...invented, values) as Record<string, unknown>;
  }
}

/**
 * Declares how instances of a model are made up, for tests and seeders.
 *
 * @example
 * ```ts
 * export const PostFactory = defineFactory(
 *   Post,
 *   (faker, sequence) => ({ title: faker.lorem.sentence(), slug: `post-${sequence}`, author: UserFactory }),
 *   { states: { published: { isPublished: true } } },
 * );
 * await PostFactory.state('published').createMany(10);
 * ```
 */
export function defineFactory<T extends object, S extends string = never>(
  model: ModelClass<T>,
  attributes: AttributesOf<T>,
  { states, afterCreate }: FactoryOptions<T, S> = {},
): Factory<T, S> {
  return new Factory<T, S>({
    model,
    layers: [attributes],
    states: states ?? {},
    afterCreate: afterCreate ? [afterCreate] : [],
    generator: { sequence: 0, related: new Map() },
  });
}
