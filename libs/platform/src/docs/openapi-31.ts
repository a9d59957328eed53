/** A node of an OpenAPI document. */
type Node = Record<string, unknown>;

/** Rewrites, in place, what `@nestjs/swagger` writes in the manner of OpenAPI 3.0 to JSON Schema 2020-12. */
export function toOpenApi31(node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) toOpenApi31(item);
    return;
  }
  if (!isNode(node)) return;
  // Children first: `nullable` then wraps what is final.
  for (const child of Object.values(node)) toOpenApi31(child);
  rewriteBound(node, 'exclusiveMinimum', 'minimum');
  rewriteBound(node, 'exclusiveMaximum', 'maximum');
  rewriteNullable(node);
}

function rewriteNullable(schema: Node): void {
  // A property may be called "nullable"; the keyword is a boolean.
  if (typeof schema.nullable !== 'boolean') return;
  const { nullable } = schema;
  delete schema.nullable;
  if (!nullable) return;
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum.push(null);
  if (typeof schema.type === 'string') {
    schema.type = [schema.type, 'null'];
    return;
  }
  const reference =
    schema.$ref ?? (Array.isArray(schema.allOf) && schema.allOf.length === 1 ? schema.allOf[0]?.$ref : undefined);
  if (typeof reference !== 'string') return;
  delete schema.$ref;
  delete schema.allOf;
  schema.anyOf = [{ $ref: reference }, { type: 'null' }];
}

function rewriteBound(schema: Node, exclusive: string, inclusive: string): void {
  if (typeof schema[exclusive] !== 'boolean') return;
  if (schema[exclusive] === true && typeof schema[inclusive] === 'number') {
    schema[exclusive] = schema[inclusive];
    delete schema[inclusive];
  } else delete schema[exclusive];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}
