import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { schemaOfRules, type ValueSchema } from './rule-schema.js';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type AnyClass = abstract new (...args: never[]) => object;

/** What the decorators of class-validator say of a class, and of the classes of the objects in it. */
export class ClassRules {
  static readonly #known = new WeakMap<AnyClass, ClassRules>();

  readonly #rules: ReadonlyMap<string, readonly Rule[]>;
  /** The properties whose objects have rules of their own. */
  readonly #holders: ReadonlySet<string>;

  private constructor(readonly type: AnyClass) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
    this.#rules = Map.groupBy(rules, ({ propertyName }) => propertyName);
    this.#holders = new Set(
      rules.filter(({ type }) => type === 'nestedValidation').map(({ propertyName }) => propertyName),
    );
  }

  static of(type: AnyClass): ClassRules {
    let rules = ClassRules.#known.get(type);
    if (!rules) ClassRules.#known.set(type, (rules = new ClassRules(type)));
    return rules;
  }

  get isEmpty(): boolean {
    return this.#rules.size === 0;
  }

  /** The properties that rules speak of. */
  get properties(): ReadonlySet<string> {
    return new Set(this.#rules.keys());
  }

  /** Whether {@link missingIn} could find anything but properties that are required in any case. */
  get judgesPresence(): boolean {
    return this.#holders.size > 0 || [...this.#rules.keys()].some((property) => this.isConditional(property));
  }

  /** Whether a property carries `@IsOptional()`. */
  isOptional(property: string): boolean {
    return this.#rulesOf(property).some(({ name }) => name === 'isOptional');
  }

  /** Whether it depends on the object if a property has to be there: `@IsOptional()`, `@ValidateIf()`. */
  isConditional(property: string): boolean {
    return this.#rulesOf(property).some(isCondition);
  }

  /** Whether a property has to be there, whatever the rest is: it has rules, no condition and no default. */
  isRequired(property: string): boolean {
    if (this.#rulesOf(property).length === 0 || this.isConditional(property)) return false;
    return Reflect.get(new (this.type as Type<object>)(), property) === undefined;
  }

  /**
   * The names of a property's rules with their arguments, as far as they can be shown in a schema: those of the value, or
   * those of each of its items.
   */
  rulesOf(property: string, of: 'value' | 'items' = 'value'): ReadonlyMap<string, readonly unknown[]> {
    const rules = this.#rulesOf(property).filter(({ each }) => Boolean(each) === (of === 'items'));
    return new Map(
      rules.map(({ name, type, constraints }) => [name ?? type, (constraints as unknown[] | undefined) ?? []]),
    );
  }

  /**
   * Paths of the properties that an instance, and the objects in it, must have and have not.
   *
   * @param isAsked which of its own properties count
   */
  missingIn(instance: object, isAsked: (property: string) => boolean = () => true): string[] {
    return [...this.#rules.keys()].flatMap((property) => {
      const value: unknown = Reflect.get(instance, property);
      if (value === undefined) return isAsked(property) && this.#asksFor(property, instance) ? [property] : [];
      if (!this.#holders.has(property)) return [];
      const objects = Array.isArray(value)
        ? value.map((item: unknown, index) => [`${property}.${index}`, item] as const)
        : [[property, value] as const];
      return objects.flatMap(([path, item]) =>
        typeof item === 'object' && item !== null
          ? ClassRules.of(item.constructor as AnyClass)
              .missingIn(item)
              .map((inner) => `${path}.${inner}`)
          : [],
      );
    });
  }

  /** The schema of an instance as JSON. */
  get schema(): ValueSchema {
    return this.#schemaBelow([]);
  }

  /** The schema of a property, as far as its rules tell; empty when they tell nothing. */
  schemaOf(property: string): ValueSchema {
    return this.#propertySchema(property, [this.type]);
  }

  #schemaBelow(above: readonly AnyClass[]): ValueSchema {
    // A class that holds itself has no end.
    if (above.includes(this.type)) return { type: 'object' };
    const names = [...this.#rules.keys()];
    const required = names.filter((name) => this.isRequired(name));
    const inside = [...above, this.type];
    return {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, this.#propertySchema(name, inside)])),
      ...(required.length > 0 && { required }),
    };
  }

  #propertySchema(property: string, above: readonly AnyClass[]): ValueSchema {
    const items = schemaOfRules(this.rulesOf(property, 'items'));
    const inner = this.#innerClass(property);
    const object = inner ? ClassRules.of(inner).#schemaBelow(above) : {};
    const item = this.#isList(property) ? { ...items, ...object } : items;
    return {
      ...(this.#isList(property) ? {} : object),
      ...schemaOfRules(this.rulesOf(property)),
      ...(Object.keys(item).length > 0 && { type: 'array', items: item }),
    };
  }

  /** The class that objects of a property are made of, as class-transformer finds it. */
  #innerClass(property: string): AnyClass | undefined {
    if (!this.#holders.has(property)) return undefined;
    const sample = { [property]: this.#isList(property) ? [{}] : {} };
    try {
      const made: unknown = Reflect.get(plainToInstance(this.type as Type<object>, sample), property);
      const object = (Array.isArray(made) ? (made as unknown[])[0] : made) as object;
      return object.constructor === Object ? undefined : (object.constructor as AnyClass);
    } catch {
      // Transforms of the application may want more than an empty object.
      return undefined;
    }
  }

  #isList(property: string): boolean {
    return this.#rulesOf(property).some(({ name, each }) => each || name === 'isArray');
  }

  #asksFor(property: string, instance: object): boolean {
    const conditions = this.#rulesOf(property).filter(isCondition);
    return conditions.every(({ constraints: [holds] }) => (holds as Condition)(instance, undefined));
  }

  #rulesOf(property: string): readonly Rule[] {
    return this.#rules.get(property) ?? [];
  }
}

type Condition = (instance: object, value: unknown) => boolean;

function isCondition({ type }: Rule): boolean {
  return type === 'conditionalValidation';
}
