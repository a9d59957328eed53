import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { FieldSyntaxError } from '../errors/generator.errors.js';
import { literal } from '../fields/field-declaration.js';
import { fieldTexts, parseFields } from '../fields/field-grammar.js';
import { type FieldSpec, type FieldTypeName, isRequired } from '../fields/field-spec.js';
import { snakeCase, wordsOf } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { checkChannel, type ClassOptions, planClass } from '../single-class/single-class.js';

/** Options of core-event. */
interface EventOptions extends ClassOptions {
  /** What the event carries, in the grammar of fields. @defaultValue `id:integer` */
  readonly fields?: readonly string[] | string;
  readonly type?: string;
  /** Name of the event. @defaultValue the words of the class with dots: `user.created` */
  readonly event?: string;
  /** @defaultValue the first word with `-events` */
  readonly topic?: string;
}

/** Makes the payload of an event, with its rules, and a constant with its name. */
export function coreEvent(options: EventOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const { base, path } = planClass(tree, options, { suffix: 'Event', role: 'event', folder: 'events' });
    const words = wordsOf(base);
    const given = fieldTexts(options.fields, options.type);
    const fields = parseFields(given.length > 0 ? given : ['id:integer'], { reserved: false });
    const text = render('core-event/files/event.ts', {
      className: base,
      constant: snakeCase(base).toUpperCase(),
      event: checkChannel('an event', options.event ?? words.join('.')),
      topic: checkChannel('a topic', options.topic ?? `${words[0]}-events`),
      fields: fields.map(fieldView),
    });
    await new FilePlan(tree, logger, options.force).write({ path, text });
  };
}

/** Rules and types of the values of an event; texts where JSON has no type of its own. */
const RULES: Readonly<Partial<Record<FieldTypeName, readonly [decorator: string, type: string]>>> = {
  integer: ['@IsInt()', 'number'],
  float: ['@IsNumber()', 'number'],
  bigint: ['@IsNumberString()', 'string'],
  decimal: ['@IsNumberString()', 'string'],
  money: ['@IsNumberString()', 'string'],
  percent: ['@IsNumberString()', 'string'],
  boolean: ['@IsBoolean()', 'boolean'],
  datetime: ['@IsISO8601()', 'string'],
  date: ['@IsISO8601()', 'string'],
  email: ['@IsEmail()', 'string'],
  url: ['@IsUrl()', 'string'],
  uuid: ['@IsUUID()', 'string'],
  ip: ['@IsIP()', 'string'],
  color: ['@IsHexColor()', 'string'],
  json: ['@IsObject()', 'Record<string, unknown>'],
  belongsTo: ['@IsInt()', 'number'],
  oneToOne: ['@IsInt()', 'number'],
};

function fieldView(field: FieldSpec) {
  const { name, type, choices, rules } = field;
  if (type === 'manyToMany' || type === 'file' || type === 'image') {
    throw new FieldSyntaxError('FIELD_NOT_IN_EVENT', name, `an event cannot carry ${type}.`, 'Carry a key instead.');
  }
  const [decorator, own] = RULES[type] ?? ['@IsString()', 'string'];
  const list = choices?.map((choice) => (type === 'integer' ? choice : literal(choice)));
  const optional = !isRequired(field);
  return {
    decorators: [
      ...(optional ? ['@IsOptional()'] : []),
      list ? `@IsIn([${list.join(', ')}])` : decorator,
      ...(rules.maxLength !== undefined && !list ? [`@MaxLength(${rules.maxLength})`] : []),
    ].join(' '),
    property: `${name}${optional ? '?' : '!'}: ${list ? list.join(' | ') : own}${rules.nullable ? ' | null' : ''};`,
  };
}
