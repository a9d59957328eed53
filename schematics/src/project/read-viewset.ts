import ts from 'typescript';
import { classesOf, decoratorCall, parseSource, propertyNamed } from '../code/source-file.js';

/** What a ViewSet says of itself, in the words of the options that would make it. */
export interface DeclaredViewSet {
  readonly only?: readonly string[];
  readonly lookup?: string;
  readonly owner?: string;
  readonly readOnly?: boolean;
  readonly protected?: boolean;
  readonly public?: boolean;
  /** Whether it is guarded by permissions that no option makes. */
  readonly hasOwnRules: boolean;
}

/** The ViewSet of a model in a file; `undefined` when there is none. */
export function readViewSet(text: string, model: string): DeclaredViewSet | undefined {
  for (const node of classesOf(parseSource(text))) {
    const [options] = decoratorCall(node, 'ViewSet')?.arguments ?? [];
    if (!options || !ts.isObjectLiteralExpression(options)) continue;
    if (valueOf(options, 'model')?.getText() === model) return declaredBy(node, options);
  }
  return undefined;
}

function declaredBy(node: ts.ClassDeclaration, options: ts.ObjectLiteralExpression): DeclaredViewSet {
  const permissions = elementsOf(valueOf(options, 'permissions')).join();
  const byAction = actionRules(valueOf(options, 'permissionsByAction'));
  const owners = byAction.map(([, rules]) => /^(?:ModelPermissions, )?IsOwner\('(\w+)'\)$/.exec(rules)?.[1]);
  const isKnown = byAction.every(([, rules], index) => rules === 'AllowAny' || owners[index] !== undefined);
  const base = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? '';
  const lookup = valueOf(options, 'lookupField');
  const actions = elementsOf(valueOf(options, 'actions')).map((name) => name.slice(1, -1));
  return {
    ...(actions.length > 0 && { only: actions }),
    ...(lookup && ts.isStringLiteral(lookup) && { lookup: lookup.text }),
    // Without actions that change rows, only the hook that makes them names whom they belong to.
    owner: owners.find(Boolean) ?? /\b(\w+): context\.principal\.id\b/.exec(node.getText())?.[1],
    readOnly: base === 'ReadOnlyModelViewSet',
    protected: permissions === 'ModelPermissions',
    public: permissions === 'IsAuthenticatedOrReadOnly' || byAction.some(([, rules]) => rules === 'AllowAny'),
    hasOwnRules:
      !isKnown ||
      !['ModelPermissions', 'IsAuthenticated', 'IsAuthenticatedOrReadOnly'].includes(permissions) ||
      !['ModelViewSet', 'ReadOnlyModelViewSet'].includes(base) ||
      propertyNamed(options, 'parent') !== undefined,
  };
}

/** Actions with the text of their permissions: `['update', "IsOwner('author')"]`. */
function actionRules(value: ts.Expression | undefined): (readonly [action: string, rules: string])[] {
  if (!value || !ts.isObjectLiteralExpression(value)) return [];
  return value.properties
    .filter(ts.isPropertyAssignment)
    .map(({ name, initializer }) => [name.getText(), elementsOf(initializer).join(', ')] as const);
}

function valueOf(options: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = propertyNamed(options, name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

function elementsOf(value: ts.Expression | undefined): string[] {
  return value && ts.isArrayLiteralExpression(value) ? value.elements.map((element) => element.getText()) : [];
}
