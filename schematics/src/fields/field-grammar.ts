import { FieldSyntaxError } from '../errors/generator.errors.js';
import { suggestion } from '../names/did-you-mean.js';
import { camelCase, pascalCase, wordsOf } from '../names/names.js';
import { checkField } from './check-field.js';
import { choicesOf, ON_DELETE_NAMES, onDeleteOf, type RuleDefinition, RULES, rulesOf } from './field-rules.js';
import { type FieldRules, type FieldSpec, type FieldTypeName, RELATION_TYPES, SCALAR_TYPES } from './field-spec.js';
import { splitOutside, unquote } from './split-field.js';

const TYPES: readonly FieldTypeName[] = [...SCALAR_TYPES, ...RELATION_TYPES];

/** Other spellings of types, in lower case. */
const ALIASES: Readonly<Record<string, FieldTypeName>> = {
  str: 'string',
  varchar: 'string',
  int: 'integer',
  biginteger: 'bigint',
  double: 'float',
  bool: 'boolean',
  timestamp: 'datetime',
  foreignkey: 'belongsTo',
  manytoone: 'belongsTo',
};

/** The fields of an option that is a list or a text, and those of one that is a text. */
export function fieldTexts(fields: string | readonly string[] = [], text = ''): string[] {
  const listed = typeof fields === 'string' ? splitOutside(fields, ' \t\r\n') : fields;
  return [...listed, ...splitOutside(text, ' \t\r\n')].filter((field) => field.trim() !== '');
}

/** How strictly fields are read. */
export interface ParseOptions {
  /** Whether names that every model has (`id`, `createdAt`, …) are refused. @defaultValue true */
  readonly reserved?: boolean;
}

/**
 * Reads fields as they are given to a generator: a list of them, or one text with spaces between them.
 *
 * @throws FieldSyntaxError for the first field that is wrong.
 */
export function parseFields(fields: string | readonly string[], options: ParseOptions = {}): FieldSpec[] {
  const texts = typeof fields === 'string' ? splitOutside(fields, ' \t\r\n') : fields;
  const specs = texts.filter((text) => text.trim() !== '').map((text) => parseField(text, options));
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new FieldSyntaxError('FIELD_TWICE', name, 'it is there twice.', 'Leave one out.');
    names.add(name);
  }
  checkSlugSources(specs);
  return specs;
}

/**
 * Reads one field: `name:type:rules`, with rules between commas: `price:decimal:required,ge:0`.
 *
 * @throws FieldSyntaxError naming what is wrong and what is meant instead.
 */
export function parseField(text: string, { reserved = true }: ParseOptions = {}): FieldSpec {
  const [rawName = '', rawType = 'string', ...rest] = splitOutside(text.trim(), ':', 3);
  const typed = readType(text, rawType.trim(), rest[0] ?? '');
  const name = readName(text, rawName.trim());
  const { rules, choices = typed.choices, foreign } = readRules(text, typed.type, typed.rules);
  const spec: FieldSpec = {
    name,
    type: typed.type,
    ...(choices && { choices }),
    ...(typed.target && { target: typed.target }),
    rules,
  };
  const field = foreign === undefined ? spec : asForeignKey(text, spec, foreign);
  checkField(text, field, reserved);
  return field;
}

function readName(text: string, raw: string): string {
  if (!/^[A-Za-z][A-Za-z\d_]*$/.test(raw) || raw.includes('__')) {
    throw new FieldSyntaxError(
      'FIELD_INVALID_NAME',
      text,
      raw === '' ? 'it has no name.' : `"${raw}" cannot be the name of a field.`,
      'Write name:type:rules, with letters, digits and single underscores in the name.',
    );
  }
  return camelCase(raw);
}

interface TypedField {
  readonly type: FieldTypeName;
  readonly target?: string;
  readonly choices?: readonly string[];
  readonly rules: string;
}

function readType(text: string, raw: string, rest: string): TypedField {
  const [, word = '', inner] = /^([^()]*)(?:\((.*)\))?$/s.exec(raw) ?? [];
  const type = typeNamed(text, word.trim());
  if (type === 'enum') {
    const choices = inner === undefined ? [] : choicesOf(inner).map(unquote);
    if (choices.length === 0 || choices.includes('')) {
      throw new FieldSyntaxError('FIELD_NO_CHOICES', text, 'an enum needs values.', 'Write enum(draft|live).');
    }
    return { type, choices, rules: rest };
  }
  if ((RELATION_TYPES as readonly string[]).includes(type)) {
    const [target = '', ...rules] = inner === undefined ? splitOutside(rest, ':', 2) : [inner, rest];
    return { type, target: targetNamed(text, type, target.trim()), rules: rules.join(':') };
  }
  if (inner !== undefined) {
    // `string(200)` and `decimal(10|2)` are how other generators write it.
    throw new FieldSyntaxError(
      'FIELD_TYPE_ARGUMENT',
      text,
      `${type} takes nothing in brackets.`,
      `Write rules: ${text.split(':', 1)[0]}:${type}:max:${inner || 'N'}.`,
    );
  }
  return { type, rules: rest };
}

function typeNamed(text: string, word: string): FieldTypeName {
  const lower = word.toLowerCase().replaceAll(/[\s_-]/g, '');
  const type = TYPES.find((known) => known.toLowerCase() === lower) ?? ALIASES[lower];
  if (type) return type;
  if (Object.hasOwn(RULES, lower)) {
    throw new FieldSyntaxError(
      'FIELD_NO_TYPE',
      text,
      `"${word}" is a rule, and stands where the type belongs.`,
      `Write ${text.split(':', 1)[0]}:string:${word}.`,
    );
  }
  throw new FieldSyntaxError('FIELD_UNKNOWN_TYPE', text, `there is no type "${word}".`, suggestion(word, TYPES));
}

function targetNamed(text: string, type: FieldTypeName, target: string): string {
  if (/^[A-Za-z][\w-]*$/.test(target) && !Object.hasOwn(RULES, target.toLowerCase())) return pascalCase(target);
  throw new FieldSyntaxError(
    'FIELD_NO_TARGET',
    text,
    `${type} needs the name of a model.`,
    `Write ${text.split(':', 1)[0]}:${type}:User.`,
  );
}

interface ReadRules {
  readonly rules: FieldRules;
  readonly choices?: readonly string[];
  readonly foreign?: string;
}

function readRules(text: string, type: FieldTypeName, raw: string): ReadRules {
  const seen = new Set<string>();
  let rules: FieldRules & { readonly choices?: readonly string[] } = {};
  let foreign: string | undefined;
  for (const part of splitOutside(raw, ',')) {
    if (part.trim() === '') continue;
    const [word = '', ...rest] = splitOutside(part.trim(), ':', 2);
    const name = word.trim().toLowerCase().replaceAll('_', '');
    const value = rest[0] === undefined ? undefined : unquote(rest[0].trim());
    const definition = ruleNamed(text, word.trim(), name);
    checkUse(text, { name, type, definition, value });
    if (seen.has(name)) throw new FieldSyntaxError('FIELD_RULE_TWICE', text, `the rule ${name} is there twice.`);
    seen.add(name);
    if (name === 'foreign') foreign = value;
    const said = definition.read(value ?? '', { type });
    const clash = Object.keys(said).find((key) => key in rules);
    if (clash !== undefined) {
      throw new FieldSyntaxError('FIELD_CONTRADICTION', text, `several rules say its ${clash}.`, 'Leave one out.');
    }
    rules = { ...rules, ...said };
  }
  if (seen.has('required') && seen.has('nullable')) {
    throw new FieldSyntaxError('FIELD_CONTRADICTION', text, 'it is both required and nullable.', 'Leave one out.');
  }
  const { choices, ...others } = rules;
  return { rules: others, choices, foreign };
}

function ruleNamed(text: string, word: string, name: string): RuleDefinition {
  const definition = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (definition) return definition;
  throw new FieldSyntaxError(
    'FIELD_UNKNOWN_RULE',
    text,
    `there is no rule "${word}".`,
    suggestion(word, Object.keys(RULES)),
  );
}

interface RuleUse {
  readonly name: string;
  readonly type: FieldTypeName;
  readonly definition: RuleDefinition;
  readonly value?: string;
}

/** What each kind of value looks like. */
const VALUES: Readonly<
  Record<NonNullable<RuleDefinition['value']>, { readonly shape: RegExp; readonly example: string }>
> = {
  number: { shape: /^[+-]?\d+(?:\.\d+)?$/, example: '10' },
  count: { shape: /^\d+$/, example: '10' },
  text: { shape: /.*/s, example: 'draft' },
  name: { shape: /^[A-Za-z]\w*$/, example: 'title' },
  choices: { shape: /^[^|]+(?:\|[^|]+)*$/, example: 'a|b' },
  onDelete: { shape: /^[A-Za-z][\w -]*$/, example: 'cascade' },
  inverse: { shape: /^[A-Za-z]\w*$/, example: 'posts' },
};

function checkUse(text: string, { name, type, definition, value }: RuleUse): void {
  if (!definition.types.includes(type)) {
    throw new FieldSyntaxError(
      'FIELD_RULE_NOT_FOR_TYPE',
      text,
      `the rule ${name} does not go with ${type}.`,
      `${type} takes ${rulesOf(type).join(', ')}.`,
    );
  }
  if (!definition.value) {
    if (value === undefined) return;
    throw new FieldSyntaxError('FIELD_RULE_VALUE', text, `the rule ${name} takes no value.`, `Write ${name}.`);
  }
  const { shape, example } = VALUES[definition.value];
  if (value === undefined || (value === '' && name !== 'default') || !shape.test(value)) {
    throw new FieldSyntaxError(
      'FIELD_RULE_VALUE',
      text,
      value ? `"${value}" is no value for the rule ${name}.` : `the rule ${name} needs a value.`,
      `Write ${name}:${example}.`,
    );
  }
  if (definition.value === 'onDelete' && !onDeleteOf(value)) {
    throw new FieldSyntaxError(
      'FIELD_RULE_VALUE',
      text,
      `"${value}" is nothing that can happen on deletion.`,
      suggestion(value, ON_DELETE_NAMES),
    );
  }
}

/** `user_id:integer:foreign:users.id` says by its column what `user:belongsTo:User` says by its model. */
function asForeignKey(text: string, { name, rules }: FieldSpec, foreign: string): FieldSpec {
  const [table = '', column = 'id', ...others] = foreign.split('.');
  if (others.length > 0 || !/^[A-Za-z]\w*$/.test(table) || column !== 'id') {
    throw new FieldSyntaxError(
      'FIELD_INVALID_FOREIGN',
      text,
      `"${foreign}" is not the key of a table.`,
      'Write foreign:users.id; keys are called id.',
    );
  }
  const { nullable, unique, readOnly, writeOnly, hidden, filter, ...surplus } = rules;
  const [extra] = Object.keys(surplus).filter((key) => key !== 'index');
  if (extra !== undefined) {
    throw new FieldSyntaxError('FIELD_RULE_NOT_FOR_TYPE', text, `a foreign key has no ${extra}.`, 'Leave it out.');
  }
  const words = wordsOf(name);
  const relation = words.length > 1 && words.at(-1) === 'id' ? camelCase(words.slice(0, -1).join('-')) : name;
  const kept = { nullable, unique, readOnly, writeOnly, hidden, filter };
  return {
    name: relation,
    type: 'belongsTo',
    target: table,
    rules: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
  };
}

function checkSlugSources(specs: readonly FieldSpec[]): void {
  for (const { name, rules } of specs) {
    if (rules.from === undefined) continue;
    const source = specs.find((spec) => spec.name === camelCase(rules.from ?? ''));
    if (source && ['string', 'text'].includes(source.type)) continue;
    const texts = specs.filter((spec) => ['string', 'text'].includes(spec.type)).map((spec) => spec.name);
    throw new FieldSyntaxError(
      'FIELD_UNKNOWN_SOURCE',
      name,
      `it is made from "${rules.from}", which is no text of the model.`,
      suggestion(rules.from, texts),
    );
  }
}

/** How a field would be written; what was read and is printed is read as the same again. */
export function printField({ name, type, target, choices, rules }: FieldSpec): string {
  const head = type === 'enum' ? `enum(${(choices ?? []).join('|')})` : [type, target].filter(Boolean).join(':');
  const printed = [
    ...(type !== 'enum' && choices ? [`in:${choices.join('|')}`] : []),
    ...Object.entries(rules)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, value]) => printRule(key, value as FieldRules[keyof FieldRules])),
  ];
  return [name, head, printed.join(',')].filter((part) => part !== '').join(':');
}

function printRule(key: string, value: FieldRules[keyof FieldRules]): string[] {
  if (value === undefined || (value === false && key !== 'inverse')) return [];
  const name = { minLength: 'min', maxLength: 'max', readOnly: 'readonly', writeOnly: 'writeonly' }[key] ?? key;
  if (value === true) return [name];
  return [`${name}:${key === 'default' ? quoted(String(value)) : String(value)}`];
}

function quoted(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
