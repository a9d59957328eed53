import ts from 'typescript';
import { classesOf, decoratorCall, nameText, parseSource, propertyNamed } from '../code/source-file.js';
import { modelNames } from '../names/names.js';
import { isText } from '../fields/field-rules.js';
import type { FieldRules, FieldSpec, FieldTypeName } from '../fields/field-spec.js';

/** A model as its file declares it. */
export interface DeclaredModel {
  readonly className: string;
  readonly table: string;
  readonly fields: readonly FieldSpec[];
  readonly isSoftDeleted: boolean;
}

const TYPES: Readonly<Record<string, FieldTypeName>> = {
  bigInteger: 'bigint',
  foreignKey: 'belongsTo',
};

const NOT_IN_GRAMMAR = new Set(['pk', 'version', 'oneToMany']);

/** What the classes that models extend bring along and a new row must be given. */
const INHERITED: Readonly<Record<string, readonly FieldSpec[]>> = {
  AbstractUser: [{ name: 'email', type: 'email', rules: { unique: true } }],
  AbstractBaseUser: [{ name: 'email', type: 'email', rules: { unique: true } }],
};

/** The models of a file. */
export function readModels(text: string): DeclaredModel[] {
  if (!text.includes('@Model')) return [];
  const source = parseSource(text);
  return classesOf(source).flatMap((node) => {
    const call = decoratorCall(node, 'Model');
    return call && node.name ? [modelOf(source, node, call)] : [];
  });
}

function modelOf(source: ts.SourceFile, node: ts.ClassDeclaration, call: ts.CallExpression): DeclaredModel {
  const className = node.name?.text ?? '';
  const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.getText() ?? '';
  const inherited = Object.entries(INHERITED).find(([name]) => new RegExp(`\\b${name}\\b`).test(base))?.[1] ?? [];
  const [options] = call.arguments;
  const tableName = options && ts.isObjectLiteralExpression(options) ? propertyNamed(options, 'tableName') : undefined;
  return {
    className,
    table: (tableName && textOf(tableName)) ?? modelNames(className).table,
    fields: [
      ...inherited,
      ...node.members.filter(ts.isPropertyDeclaration).flatMap((member) => fieldOf(source, member)),
    ],
    isSoftDeleted: /\bSoftDelete\(/.test(base),
  };
}

function fieldOf(source: ts.SourceFile, member: ts.PropertyDeclaration): FieldSpec[] {
  const call = ts
    .getDecorators(member)
    ?.map(({ expression }) => expression)
    .filter(ts.isCallExpression)
    .find(({ expression }) => expression.getText().startsWith('Field.'));
  if (!call) return [];
  const kind = call.expression.getText().slice('Field.'.length);
  if (NOT_IN_GRAMMAR.has(kind)) return [];
  const type = TYPES[kind] ?? (kind as FieldTypeName);
  const name = nameText(member.name);
  const [first, second] = call.arguments;
  if (first && ts.isArrowFunction(first)) {
    // The side that picks the field of the other has no column.
    if (second && ts.isArrowFunction(second)) return [];
    return [{ name, type, target: first.body.getText(), rules: rulesOf(type, second) }];
  }
  const choices = first && ts.isObjectLiteralExpression(first) ? choicesOf(source, first) : undefined;
  return [{ name, type, ...(choices && { choices }), rules: rulesOf(type, first) }];
}

function rulesOf(type: FieldTypeName, options: ts.Expression | undefined): FieldRules {
  if (!options || !ts.isObjectLiteralExpression(options)) return {};
  const rules: Record<string, unknown> = {};
  const limits = isText(type) ? new Set<string>() : new Set(['min', 'max', 'gt', 'lt']);
  const counts = new Set(['minLength', 'maxLength', 'precision', 'scale']);
  const flags = new Set(['nullable', 'unique', 'index', 'readOnly', 'writeOnly', 'hidden', 'blank']);
  for (const property of options.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const name = nameText(property.name);
    const value = property.initializer.getText().replaceAll('_', '');
    if (flags.has(name) && value === 'true') rules[name] = true;
    if (counts.has(name)) rules[name] = Number(value);
    if (limits.has(name)) rules[name] = value;
    if (name === 'from') rules.from = textOf(property);
    if (name === 'onDelete') rules.onDelete = textOf(property);
    if (name === 'default') rules.default = defaultOf(property.initializer);
  }
  return rules;
}

/** A default that is computed is there, whatever it is. */
function defaultOf(value: ts.Expression): string {
  if (ts.isStringLiteralLike(value)) return value.text;
  const text = value.getText();
  return /^(?:true|false|-?[\d_.]+n?)$/.test(text) ? text.replace(/n$/, '').replaceAll('_', '') : 'computed';
}

function choicesOf(source: ts.SourceFile, options: ts.ObjectLiteralExpression): string[] | undefined {
  const property = propertyNamed(options, 'choices');
  if (!property || !ts.isPropertyAssignment(property)) return undefined;
  const { initializer } = property;
  const list = ts.isIdentifier(initializer) ? constantNamed(source, initializer.text) : initializer;
  if (!list || !ts.isArrayLiteralExpression(list)) return undefined;
  return list.elements.map((element) => (ts.isStringLiteralLike(element) ? element.text : element.getText()));
}

function constantNamed(source: ts.SourceFile, name: string): ts.Expression | undefined {
  const constants = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((node) => [...node.declarationList.declarations]);
  const value = constants.find((constant) => constant.name.getText() === name)?.initializer;
  return value && ts.isAsExpression(value) ? value.expression : value;
}

function textOf(property: ts.ObjectLiteralElementLike): string | undefined {
  if (!ts.isPropertyAssignment(property)) return undefined;
  return ts.isStringLiteralLike(property.initializer) ? property.initializer.text : undefined;
}
