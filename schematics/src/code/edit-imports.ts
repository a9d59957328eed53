import ts from 'typescript';
import { lineBreakOf, parseSource } from './source-file.js';

/** A name and the module it comes from. */
export interface NamedImport {
  readonly name: string;
  readonly from: string;
  readonly isType?: boolean;
}

const specifierText = ({ name, isType }: NamedImport) => (isType ? `type ${name}` : name);

/** What a specifier is sorted by: its name without `type` and in lower case. */
const sortKey = (specifier: string) => specifier.replace(/^type /, '').toLowerCase();

/** Adds an import to a file that lacks it; one from the same module takes the name in. */
export function addImport(text: string, wanted: NamedImport): string {
  const source = parseSource(text);
  const imports = source.statements.filter(ts.isImportDeclaration);
  if (imports.some((statement) => importedNames(statement).has(wanted.name))) return text;
  const same = imports.find(
    (statement) =>
      (statement.moduleSpecifier as ts.StringLiteral).text === wanted.from &&
      statement.importClause?.namedBindings !== undefined &&
      ts.isNamedImports(statement.importClause.namedBindings) &&
      statement.importClause.phaseModifier !== ts.SyntaxKind.TypeKeyword,
  );
  if (same) return extendImport(text, same, wanted);
  const line = `import { ${specifierText(wanted)} } from ${quoteOf(text)}${wanted.from}${quoteOf(text)};`;
  const lineBreak = lineBreakOf(text);
  const next = imports.find((statement) => isRelativeAfter(statement, wanted.from));
  if (next) return text.slice(0, next.getStart()) + line + lineBreak + text.slice(next.getStart());
  const packages = imports.filter(({ moduleSpecifier }) => !(moduleSpecifier as ts.StringLiteral).text.startsWith('.'));
  const last = (wanted.from.startsWith('.') ? undefined : packages.at(-1)) ?? imports.at(-1);
  if (last) return text.slice(0, last.getEnd()) + lineBreak + line + text.slice(last.getEnd());
  const start = source.statements[0]?.getFullStart() ?? 0;
  return text.slice(0, start) + line + lineBreak + lineBreak + text.slice(start).replace(/^(?:\r?\n)+/, '');
}

/** Whether a file of the project is imported that comes after another one in the order of paths. */
function isRelativeAfter({ moduleSpecifier }: ts.ImportDeclaration, from: string): boolean {
  const path = (moduleSpecifier as ts.StringLiteral).text;
  return path.startsWith('.') && from.startsWith('.') && comparePaths(path, from) > 0;
}

/** Files further away come first. */
function comparePaths(one: string, other: string): number {
  const [isUp, isOtherUp] = [one.startsWith('../'), other.startsWith('../')];
  if (isUp !== isOtherUp) return isUp ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}

/** The names by which a file knows what it imports. */
function importedNames({ importClause }: ts.ImportDeclaration): Set<string> {
  const names = new Set<string>();
  if (importClause?.name) names.add(importClause.name.text);
  const bindings = importClause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.add(bindings.name.text);
  if (bindings && ts.isNamedImports(bindings)) for (const { name } of bindings.elements) names.add(name.text);
  return names;
}

function extendImport(text: string, statement: ts.ImportDeclaration, wanted: NamedImport): string {
  const bindings = statement.importClause?.namedBindings as ts.NamedImports;
  const specifier = specifierText(wanted);
  const next = bindings.elements.find((element) => sortKey(element.getText()) > sortKey(specifier));
  if (next) return `${text.slice(0, next.getStart())}${specifier}, ${text.slice(next.getStart())}`;
  const last = bindings.elements.at(-1);
  if (last) return `${text.slice(0, last.getEnd())}, ${specifier}${text.slice(last.getEnd())}`;
  return `${text.slice(0, bindings.getStart())}{ ${specifier} }${text.slice(bindings.getEnd())}`;
}

function quoteOf(text: string): string {
  return /from "/.test(text) && !/from '/.test(text) ? '"' : "'";
}

/**
 * Puts the imports of a generated file in order: one per module, files and names sorted, those that nothing uses left out. So a
 * template may import all that it could need.
 */
export function tidyImports(text: string): string {
  const source = parseSource(text);
  const imports = source.statements.filter(ts.isImportDeclaration);
  const last = imports.at(-1);
  if (!last) return text;
  const used = usedNames(source);
  const modules = new Map<string, Set<string>>();
  for (const { importClause, moduleSpecifier } of imports) {
    const from = (moduleSpecifier as ts.StringLiteral).text;
    const bindings = importClause?.namedBindings;
    const specifiers = modules.get(from) ?? new Set();
    if (!importClause) modules.set(from, specifiers);
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const element of bindings.elements) if (used.has(element.name.text)) specifiers.add(element.getText());
    if (specifiers.size > 0) modules.set(from, specifiers);
  }
  const packages = [...modules].filter(([from]) => !from.startsWith('.'));
  const files = [...modules].filter(([from]) => from.startsWith('.'));
  files.sort(([one], [other]) => comparePaths(one, other));
  const lines = [...packages, ...files].map(([from, specifiers]) => {
    const names = [...specifiers].toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
    return names.length > 0 ? `import { ${names.join(', ')} } from '${from}';` : `import '${from}';`;
  });
  return `${lines.join('\n')}\n${text.slice(last.getEnd()).replace(/^\n*/, '\n')}`;
}

function usedNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}
