/** A schema of a value, of draft 2020-12. */
export type ValueSchema = Readonly<Record<string, unknown>>;

/** How rules of class-validator look in a schema; those that it cannot express are enforced all the same. */
const AS_SCHEMA: Readonly<Record<string, (...args: unknown[]) => ValueSchema>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array', items: {} }),
  isObject: () => ({ type: 'object' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUrl: () => ({ type: 'string', format: 'uri' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isDateString: () => ({ type: 'string', format: 'date-time' }),
  isIso8601: () => ({ type: 'string', format: 'date-time' }),
  isNumberString: () => ({ type: 'string' }),
  isDecimal: () => ({ type: 'string' }),
  isEnum: (_entity, values) => ({ enum: values }),
  isIn: (values) => ({ enum: values }),
  min: (least) => ({ minimum: least }),
  max: (most) => ({ maximum: most }),
  minLength: (least) => ({ minLength: least }),
  maxLength: (most) => ({ maxLength: most }),
  isLength: (least, most) => ({ minLength: least, ...(most !== undefined && { maxLength: most }) }),
  isNotEmpty: () => ({ minLength: 1 }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  matches: (pattern) => (pattern instanceof RegExp ? { pattern: pattern.source } : {}),
  arrayMinSize: (least) => ({ minItems: least }),
  arrayMaxSize: (most) => ({ maxItems: most }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/** The schema that rules of class-validator make, by their names with their arguments. */
export function schemaOfRules(rules: ReadonlyMap<string, readonly unknown[]>): ValueSchema {
  return Object.assign({}, ...[...rules].map(([rule, args]) => AS_SCHEMA[rule]?.(...args) ?? {})) as ValueSchema;
}
