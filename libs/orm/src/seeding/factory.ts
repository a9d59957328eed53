import type { Faker } from '@faker-js/faker';
import { UnknownFactoryStateError } from '../errors/seeding.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import type { NewRow } from '../querysets/lookup-types.js';
import { Manager } from '../querysets/manager.js';
import { createFaker } from './faker.js';

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
}

interface FactoryPlan<T extends object> {
  readonly model: ModelClass<T>;
  readonly layers: readonly FactoryState<T>[];
  readonly states: Readonly<Record<string, FactoryState<T>>>;
  readonly generator: { faker?: Promise<Faker>; sequence: number; readonly seed?: number };
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

  /** Starts over with numbers and values that are the same in every run, dates included. */
  seed(seed: number): Factory<T, S> {
    return new Factory<T, S>({ ...this.#plan, generator: { sequence: 0, seed } });
  }

  /** Makes an instance without storing it; related rows that factories stand for are left out. */
  async make(values?: FactoryAttributes<T>): Promise<T> {
    const attributes = Object.entries(await this.#attributes(values)).filter(
      ([, value]) => !(value instanceof Factory),
    );
    return Object.assign(new this.#plan.model(), Object.fromEntries(attributes));
  }

  /** Stores one instance, and the related ones that it needs. */
  async create(values?: FactoryAttributes<T>): Promise<T> {
    return new Manager(this.#plan.model).create(await this.#row(values));
  }

  /**
   * Stores several instances by few statements.
   *
   * @param values the same for all of them, or a function of the index that starts at 0.
   */
  async createMany(
    count: number,
    values?: FactoryAttributes<T> | ((index: number) => FactoryAttributes<T>),
  ): Promise<T[]> {
    const rows: NewRow<T>[] = [];
    for (let index = 0; index < count; index += 1) {
      rows.push(await this.#row(typeof values === 'function' ? values(index) : values));
    }
    return new Manager(this.#plan.model).bulkCreate(rows);
  }

  async #row(values: FactoryAttributes<T> | undefined): Promise<NewRow<T>> {
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(await this.#attributes(values))) {
      row[name] = value instanceof Factory ? await value.create() : value;
    }
    return row as NewRow<T>;
  }

  async #attributes(values: FactoryAttributes<T> | undefined): Promise<Record<string, unknown>> {
    const { layers, generator } = this.#plan;
    generator.faker ??= createFaker(generator.seed);
    const faker = await generator.faker;
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
  { states }: FactoryOptions<T, S> = {},
): Factory<T, S> {
  return new Factory<T, S>({ model, layers: [attributes], states: states ?? {}, generator: { sequence: 0 } });
}
