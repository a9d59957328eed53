import { modelDefinition, type ModelDefinition, type QuerySet } from '@core-framework/orm';
import type { ModuleRef } from '@nestjs/core';
import { instantiate } from '../compiler/instantiate.js';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { type AnyClass, filtersOf } from '../metadata/viewset.metadata.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { CustomFilter } from './custom-filter.js';
import { type CompiledFilter, compileFieldFilters } from './field-filter.js';
import { type FilterSetClass, filterSetBasisOf } from './filter-set.js';
import { choiceValue, FILTER_VALUES, type FilterKind, type FilterValueType } from './filter-value.js';

/** Compiles what a ViewSet allows lists to be filtered by. */
export class FilterCompiler {
  constructor(
    private readonly view: string,
    private readonly model: ModelDefinition,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws UnknownFieldError, UnsupportedLookupError, InvalidOptionError */
  async compile({ filter = [], filters = {} }: ViewSetOptions): Promise<ReadonlyMap<string, CompiledFilter>> {
    const declared =
      typeof filter === 'function'
        ? await this.#fromClass(filter as FilterSetClass)
        : compileFieldFilters(this.view, this.model, filter);
    const compiled = new Map<string, CompiledFilter>();
    for (const one of [...declared, ...Object.entries(filters).map((entry) => this.#custom(...entry))]) {
      if (compiled.has(one.name))
        throw this.#refusal(`it declares the filter "${one.name}" twice.`, 'Drop one of them.');
      compiled.set(one.name, one);
    }
    return compiled;
  }

  async #fromClass(type: FilterSetClass): Promise<CompiledFilter[]> {
    const basis = filterSetBasisOf(type);
    if (!basis)
      throw this.#refusal(`its "filter" is ${type.name}, which is no filter class.`, 'Extend FilterSet(Model).');
    if (modelDefinition(basis.model) !== this.model) {
      throw this.#refusal(`${type.name} filters ${basis.model.name}.`, `Derive it from ${this.model.name}.`);
    }
    const instance: object = await instantiate(this.modules, `@ViewSet of ${this.view}`, type);
    const methods = [...filtersOf(type)].map(([name, { kind, choices }]) => {
      const method = Reflect.get(instance, name) as (...args: unknown[]) => QuerySet<object>;
      const value = choices ? choiceValue(choices) : this.#valueOf(type, name, kind);
      return { name, ...value, apply: method.bind(instance) };
    });
    return [...compileFieldFilters(type.name, this.model, basis.declarations), ...methods];
  }

  /** What a filter method takes: what it says, or what the type of its second parameter tells. */
  #valueOf(type: AnyClass, method: string, stated: FilterKind | undefined): FilterValueType {
    const types = (Reflect.getMetadata('design:paramtypes', type.prototype, method) ?? []) as unknown[];
    const kind = stated ?? KINDS.get(types[1]);
    if (kind) return FILTER_VALUES[kind];
    throw this.#refusal(
      `the type of the value of ${type.name}#${method} is not known.`,
      'Give the second parameter the type boolean, number, string or Date, or @Filter({ kind: … }).',
    );
  }

  #custom(name: string, filter: unknown): CompiledFilter {
    if (filter instanceof CustomFilter && /^\w+$/.test(name)) {
      return { name, ...filter.value, apply: filter.apply as CompiledFilter['apply'] };
    }
    throw this.#refusal(`"filters" has "${name}", which is no filter.`, 'Make it with BooleanFilter(…) or its like.');
  }

  #refusal(problem: string, fix: string): InvalidOptionError {
    return new InvalidOptionError(`@ViewSet of ${this.view}`, problem, fix);
  }
}

const KINDS = new Map<unknown, FilterKind>([
  [Boolean, 'boolean'],
  [Number, 'number'],
  [String, 'text'],
  [Date, 'datetime'],
]);
