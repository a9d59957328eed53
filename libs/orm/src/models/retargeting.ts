import { Connections } from '../context/connections.js';
import { InvalidModelError } from '../errors/orm.errors.js';
import type { AbstractModelClass, FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { isModel } from './model-definition.js';

/** The models among which an application that is starting looks. */
let discovered: (() => Iterable<ModelClass>) | undefined;

/** Runs work, at once, in which relations to abstract classes are led to the given models. */
export function whileDiscovering<T>(models: () => Iterable<ModelClass>, work: () => T): T {
  const before = discovered;
  discovered = models;
  try {
    return work();
  } finally {
    discovered = before;
  }
}

/**
 * The model at the end of a relation. A relation to an abstract class, as packages declare it (`() => AbstractUser`),
 * leads to the one model that extends it in the application of the work in hand.
 *
 * @throws InvalidModelError when no model or several extend it there.
 */
export function concreteModel(target: AbstractModelClass): ModelClass {
  if (isModel(target)) return target;
  const known = discovered?.() ?? Connections.models();
  const [model, ...others] = [...new Set(known)].filter(({ prototype }) => prototype instanceof target);
  const name = typeof target === 'function' ? target.name : String(target);
  if (!model) {
    throw new InvalidModelError(`A relation leads to ${name}, which is no model and which no model extends.`, {
      fix: `Decorate the class with @Model(), or let a model of the application extend it and list that in forFeature(). In a circle of imports, hand it over as () => ${name}.`,
    });
  }
  if (others.length === 0) return model;
  const names = [model, ...others].map((found) => found.name).join(' and ');
  throw new InvalidModelError(`A relation leads to ${name}, which several models extend: ${names}.`, {
    fix: 'List only one of them in the models of the application; with several applications in one process, use runInContext(work, { database }).',
  });
}

/** Whether where a relation leads depends on the application. */
export function isRetargeted({ relation }: FieldDefinition): boolean {
  return relation !== undefined && !isModel(relation.declaredTarget());
}
