import { isModel, modelDefinition } from '@core-framework/orm';

/**
 * An object as rules see it: of a model's instance the columns, with keys for related rows; anything else as it is. Rules
 * look at own properties only, and those of an instance are not.
 */
export function objectAttributes(object: object | undefined): object {
  if (!object || !isModel(object.constructor)) return object ?? {};
  const attributes: Record<string, unknown> = {};
  for (const { name, columnName, relation } of modelDefinition(object.constructor).fields.values()) {
    if (!columnName) continue;
    const value: unknown = Reflect.get(object, name);
    attributes[name] = relation ? keyOf(value) : value;
  }
  return attributes;
}

function keyOf(related: unknown): unknown {
  return typeof related === 'object' && related !== null ? Reflect.get(related, 'id') : related;
}
