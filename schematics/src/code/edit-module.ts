import ts from 'typescript';
import { classesOf, decoratorCall, lineBreakOf, parseSource, propertyNamed } from './source-file.js';

/** The lists of `@Module` that generators add to. */
export type ModuleList = 'imports' | 'providers' | 'exports' | 'controllers';

/** The name of the first module class of a file; `undefined` when there is none. */
export function moduleClassOf(text: string): string | undefined {
  return modulesOf(parseSource(text))[0]?.name?.text;
}

function modulesOf(source: ts.SourceFile): ts.ClassDeclaration[] {
  return classesOf(source).filter((node) => decoratorCall(node, 'Module'));
}

/**
 * Adds an entry to a list of the first `@Module` of a file, unless it is there. A list that is a constant of the file is
 * found there; one that comes from elsewhere is spread.
 *
 * @returns `undefined` when there is no `@Module` whose list can be found.
 */
export function addToModule(text: string, list: ModuleList, entry: string): string | undefined {
  const source = parseSource(text);
  const [module] = modulesOf(source);
  const call = module && decoratorCall(module, 'Module');
  if (!call) return undefined;
  const [options] = call.arguments;
  if (!options) return splice(text, call.getEnd() - 1, `{ ${list}: [${entry}] }`);
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const property = propertyNamed(options, list);
  if (!property) return addProperty(text, options, `${list}: [${entry}]`);
  const array = listOf(source, property);
  if (!array) return spreadForeignList(text, property, entry);
  const has = array.elements.some((element) => element.getText() === entry);
  return has ? text : addElement(text, array, entry);
}

/** The array that a property is, or the constant that it names. */
function listOf(source: ts.SourceFile, property: ts.ObjectLiteralElementLike): ts.ArrayLiteralExpression | undefined {
  const value = ts.isPropertyAssignment(property)
    ? property.initializer
    : ts.isShorthandPropertyAssignment(property)
      ? property.name
      : undefined;
  if (value && ts.isArrayLiteralExpression(value)) return value;
  if (!value || !ts.isIdentifier(value)) return undefined;
  const constants = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((node) => [...node.declarationList.declarations]);
  let initializer = constants.find(({ name }) => name.getText() === value.text)?.initializer;
  while (initializer && (ts.isAsExpression(initializer) || ts.isSatisfiesExpression(initializer))) {
    initializer = initializer.expression;
  }
  return initializer && ts.isArrayLiteralExpression(initializer) ? initializer : undefined;
}

/** `imports: SHARED` becomes `imports: [...SHARED, PostsModule]`. */
function spreadForeignList(text: string, property: ts.ObjectLiteralElementLike, entry: string): string | undefined {
  if (ts.isShorthandPropertyAssignment(property)) {
    const name = property.name.text;
    return replace(text, property, `${name}: [...${name}, ${entry}]`);
  }
  if (!ts.isPropertyAssignment(property)) return undefined;
  if (property.initializer.getText().includes(entry)) return text;
  return replace(text, property.initializer, `[...${property.initializer.getText()}, ${entry}]`);
}

function addElement(text: string, array: ts.ArrayLiteralExpression, entry: string): string {
  const last = array.elements.at(-1);
  if (!last) return replace(text, array, `[${entry}]`);
  const isMultiline = text.slice(array.getStart(), array.getEnd()).includes('\n');
  if (!isMultiline) return splice(text, last.getEnd(), `, ${entry}`);
  const indent = indentOf(text, last.getStart());
  return splice(text, last.getEnd(), `,${lineBreakOf(text)}${indent}${entry}`);
}

function addProperty(text: string, options: ts.ObjectLiteralExpression, property: string): string {
  const last = options.properties.at(-1);
  if (!last) return replace(text, options, `{ ${property} }`);
  const isMultiline = text.slice(options.getStart(), options.getEnd()).includes('\n');
  const separator = isMultiline ? `,${lineBreakOf(text)}${indentOf(text, last.getStart())}` : ', ';
  return splice(text, last.getEnd(), separator + property);
}

function indentOf(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  return /^[\t ]*/.exec(text.slice(start, position))?.[0] ?? '';
}

function splice(text: string, position: number, added: string): string {
  return text.slice(0, position) + added + text.slice(position);
}

function replace(text: string, node: ts.Node, by: string): string {
  return text.slice(0, node.getStart()) + by + text.slice(node.getEnd());
}
