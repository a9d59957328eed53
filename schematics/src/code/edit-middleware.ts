import ts from 'typescript';
import { addImport, type NamedImport } from './edit-imports.js';
import { classesOf, decoratorCall, lineBreakOf, nameText, parseSource } from './source-file.js';

/**
 * Has the first module of a file apply a middleware to all routes.
 *
 * @returns `undefined` when there is none, or it configures its middleware in a way of its own.
 */
export function addMiddleware(text: string, middleware: NamedImport): string | undefined {
  const module = classesOf(parseSource(text)).find((node) => decoratorCall(node, 'Module'));
  if (!module) return undefined;
  const call = `consumer.apply(${middleware.name}).forRoutes('{*path}');`;
  const configure = module.members.find(
    (member): member is ts.MethodDeclaration =>
      ts.isMethodDeclaration(member) && nameText(member.name) === 'configure' && member.body !== undefined,
  );
  const lineBreak = lineBreakOf(text);
  if (configure) {
    const parameter = configure.parameters[0]?.name.getText();
    if (parameter !== 'consumer' || !configure.body) return undefined;
    const end = configure.body.getEnd() - 1;
    const start = text.slice(0, end).trimEnd().length;
    const added = `${text.slice(0, start)}${lineBreak}    ${call}${lineBreak}  ${text.slice(end)}`;
    return addImport(added, middleware);
  }
  const end = module.getEnd() - 1;
  const method = [`  configure(consumer: MiddlewareConsumer): void {`, `    ${call}`, '  }'].join(lineBreak);
  const separator = module.members.length > 0 ? lineBreak + lineBreak : lineBreak;
  const heritage = module.heritageClauses?.some(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
  let changed = `${text.slice(0, end).trimEnd()}${separator}${method}${lineBreak}${text.slice(end)}`;
  if (!heritage && module.name) {
    const position = module.heritageClauses?.at(-1)?.getEnd() ?? module.name.getEnd();
    changed = `${changed.slice(0, position)} implements NestModule${changed.slice(position)}`;
  }
  changed = addImport(changed, middleware);
  changed = addImport(changed, { name: 'MiddlewareConsumer', from: '@nestjs/common', isType: true });
  return heritage ? changed : addImport(changed, { name: 'NestModule', from: '@nestjs/common', isType: true });
}
