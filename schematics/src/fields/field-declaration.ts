import { camelCase, modelNames, snakeCase, variableName } from '../names/names.js';
import { isDecimal } from './field-rules.js';
import { type FieldSpec, type FieldTypeName, isRelation } from './field-spec.js';

/** The decorators of `Field`, by type. */
const DECORATORS: Readonly<Partial<Record<FieldTypeName, string>>> = { bigint: 'bigInteger', belongsTo: 'foreignKey' };

const TYPES: Readonly<Partial<Record<FieldTypeName, string>>> = {
  integer: 'number',
  bigint: 'bigint',
  float: 'number',
  boolean: 'boolean',
  datetime: 'Date',
  json: 'unknown',
};

/** A text as a literal of the house's style. */
export function literal(text: string): string {
  return `'${text
    .replaceAll(/['\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)}'`;
}

/** Name of the constant that holds the values of an enum: `POST_STATUS_VALUES`. */
export function choicesConstant(model: string, field: string): string {
  return `${snakeCase(`${model}-${field}`).toUpperCase()}_VALUES`;
}

/** Name of the type of an enum's values: `PostStatus`. */
export function choicesType(model: string, { name }: FieldSpec): string {
  return model + name.charAt(0).toUpperCase() + name.slice(1);
}

/** A field as it stands in the class of its model: decorator and property. */
export function declarationOf(model: string, field: FieldSpec): string {
  return `${decoratorOf(model, field)} ${propertyOf(model, field)}`;
}

function decoratorOf(model: string, field: FieldSpec): string {
  const { type, target } = field;
  const options = optionsOf(model, field);
  const said = options.length > 0 ? `{ ${options.join(', ')} }` : '';
  const name = DECORATORS[type] ?? type;
  if (!isRelation(field)) return `@Field.${name}(${said})`;
  return `@Field.${name}(() => ${target}${said && `, ${said}`})`;
}

function optionsOf(model: string, { name, type, choices, rules }: FieldSpec): string[] {
  const { minLength, maxLength, from, min, max, gt, lt, precision, scale, onDelete, nullable, unique, index } = rules;
  const code = defaultCode({ name, type, choices, rules });
  const options: [string, string | number | true | undefined][] = [
    ['choices', type === 'enum' ? choicesConstant(model, name) : choiceList(type, choices)],
    ['from', from && literal(camelCase(from))],
    ['minLength', minLength],
    ['maxLength', maxLength],
    ['precision', precision],
    ['scale', scale],
    ['min', min],
    ['max', max],
    ['gt', gt],
    ['lt', lt],
    ['default', code],
    ['nullable', nullable || undefined],
    ['onDelete', onDelete && literal(onDelete)],
    ['unique', unique || undefined],
    ['index', index || undefined],
    ['blank', rules.blank || undefined],
    ['readOnly', rules.readOnly || undefined],
    ['writeOnly', rules.writeOnly || undefined],
    ['hidden', rules.hidden || undefined],
  ];
  return options.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
}

function choiceList(type: FieldTypeName, choices: readonly string[] | undefined): string | undefined {
  return choices && `[${choices.map((choice) => (type === 'integer' ? choice : literal(choice))).join(', ')}]`;
}

/** The default of a field as code; a function where every row gets a value of its own. */
function defaultCode({ type, rules: { default: value } }: FieldSpec): string | undefined {
  if (value === undefined) return undefined;
  switch (type) {
    case 'integer':
    case 'float':
      return String(Number(value));
    case 'bigint':
      return `${BigInt(value)}n`;
    case 'boolean':
      return value;
    case 'datetime':
      return value === 'now' ? '() => new Date()' : `() => new Date(${literal(value)})`;
    case 'date':
      return value === 'today' ? '() => new Date().toISOString().slice(0, 10)' : literal(value);
    case 'time':
      return literal(/^\d\d:\d\d$/.test(value) ? `${value}:00` : value);
    case 'uuid':
      return value === 'random' ? '() => randomUUID()' : literal(value.toLowerCase());
    case 'json':
      return jsonDefault(value);
    default:
      return literal(value);
  }
}

function jsonDefault(value: string): string {
  const parsed: unknown = JSON.parse(value);
  const code = JSON.stringify(parsed);
  return typeof parsed === 'object' && parsed !== null ? `() => (${code})` : code;
}

function propertyOf(model: string, field: FieldSpec): string {
  const { name, type, rules } = field;
  if (type === 'manyToMany') return `${name}!: Collection<${field.target}>;`;
  const code = defaultCode(field);
  const own = typeOf(model, field);
  const full = rules.nullable && own !== 'unknown' ? `${own} | null` : own;
  if (code !== undefined && !code.startsWith('() =>')) {
    return `${name}${needsType(field) ? `: ${full}` : ''} = ${code};`;
  }
  return rules.nullable ? `${name}?: ${full};` : `${name}!: ${full};`;
}

/** Whether the type of a property does not follow from its first value. */
function needsType({ type, rules, choices }: FieldSpec): boolean {
  return Boolean(rules.nullable) || choices !== undefined || type === 'json';
}

/** The type of a field's values in code. */
function typeOf(model: string, field: FieldSpec): string {
  if (isRelation(field)) return `Ref<${field.target}>`;
  if (field.type === 'enum') return choicesType(model, field);
  return TYPES[field.type] ?? 'string';
}

/** The other side of a relation, as it stands in the class of the model it leads to. */
export function inverseDeclaration(model: string, { name, type }: FieldSpec, inverse: string): string {
  const row = variableName(model);
  const decorator = { belongsTo: 'oneToMany', oneToOne: 'oneToOne', manyToMany: 'manyToMany' }[type as 'belongsTo'];
  const property = type === 'oneToOne' ? `${inverse}?: Ref<${model}> | null;` : `${inverse}!: Collection<${model}>;`;
  return `@Field.${decorator}(() => ${model}, (${row}) => ${row}.${name}) ${property}`;
}

/** What the other side of a relation is called. */
export function inverseName(model: string, { type, rules }: FieldSpec): string | undefined {
  if (rules.inverse === false) return undefined;
  if (rules.inverse !== undefined) return rules.inverse;
  const { variable, pluralVariable } = modelNames(model);
  return type === 'oneToOne' ? variable : pluralVariable;
}

/** Digits of a decimal before and after the point. */
export function digitsOf({ type, rules }: FieldSpec): { readonly whole: number; readonly scale: number } | undefined {
  if (!isDecimal(type)) return undefined;
  const precision =
    rules.precision ?? ({ money: 12, percent: 5 } as Partial<Record<FieldTypeName, number>>)[type] ?? 10;
  const scale = rules.scale ?? 2;
  return { whole: precision - scale, scale };
}
