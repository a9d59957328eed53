import ts from 'typescript';
import { classesOf, lineBreakOf, nameText, parseSource } from './source-file.js';

/** Whether a class of the file has a member of that name. */
export function hasMember(text: string, className: string, member: string): boolean {
  return classNamed(text, className)?.members.some(({ name }) => name && nameText(name) === member) ?? false;
}

/** Adds a property behind the last one of a class; `undefined` when there is no such class. */
export function addProperty(text: string, className: string, property: string): string | undefined {
  const node = classNamed(text, className);
  if (!node) return undefined;
  const lineBreak = lineBreakOf(text);
  const last = node.members.filter(ts.isPropertyDeclaration).at(-1);
  const start = last?.getStart() ?? node.getEnd() - 1;
  const indent = last ? (/[\t ]*$/.exec(text.slice(0, start))?.[0] ?? '') : '  ';
  if (last) return text.slice(0, last.getEnd()) + lineBreak + indent + property + text.slice(last.getEnd());
  const open = node.members.pos;
  return (
    text.slice(0, open) + lineBreak + indent + property + (node.members.length > 0 ? '' : lineBreak) + text.slice(open)
  );
}

function classNamed(text: string, className: string): ts.ClassDeclaration | undefined {
  return classesOf(parseSource(text)).find(({ name }) => name?.text === className);
}
