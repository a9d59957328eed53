import type { FieldDefinition, ModelDefinition, RelationName } from '@core-framework/orm';
import { InvalidOptionError, UnknownFieldError } from '../errors/viewset.errors.js';
import { derivedOutput, isReadable, type OutputClass } from './output-schema.js';
import type { OutputCompiler, CompiledOutput } from './output.compiler.js';
import type { OutputProperty } from './output-property.js';
import { targetOf } from './schema-basis.js';

/** A relation, or a path of relations: `comments.author`. */
export type ExpansionPath<T extends object> = RelationName<T> | `${RelationName<T>}.${string}`;

/** What `?expand=` takes: paths, or paths with the schemas by which the related rows are shown. */
export type ExpansionOptions<T extends object> =
  readonly ExpansionPath<T>[] | { readonly [P in ExpansionPath<T>]?: OutputClass };

/** A relation that may be shown as objects instead of keys. */
export interface Expansion {
  readonly field: FieldDefinition;
  /** How a related row is shown. */
  readonly output: CompiledOutput;
  /** Makes the property of rows that are shown in some way. */
  propertyWith(output: CompiledOutput): OutputProperty;
  readonly expansions: Expansions;
}

export type Expansions = ReadonlyMap<string, Expansion>;

/** Deeper paths multiply what one request may read. */
const MAX_DEPTH = 3;

/**
 * Compiles what `?expand=` may name. A path allows all its beginnings.
 *
 * @throws UnknownFieldError, InvalidOptionError
 */
export function compileExpansions(
  owner: string,
  model: ModelDefinition,
  options: ExpansionOptions<object>,
  outputs: OutputCompiler,
): Expansions {
  const entries: readonly (readonly [string, OutputClass | undefined])[] = Array.isArray(options)
    ? (options as readonly string[]).map((path) => [path, undefined] as const)
    : Object.entries(options);
  const root = new Map<string, MutableExpansion>();
  for (const [path, schema] of entries) {
    const names = path.split('.');
    if (names.length > MAX_DEPTH) {
      const problem = `"expand" names "${path}", which is ${names.length} relations deep.`;
      throw new InvalidOptionError(owner, problem, `Go no deeper than ${MAX_DEPTH}.`);
    }
    place(owner, { model, level: root, names, schema, outputs });
  }
  return root;
}

type MutableExpansion = Expansion & { output: CompiledOutput; readonly expansions: Map<string, MutableExpansion> };

interface Placement {
  readonly model: ModelDefinition;
  readonly level: Map<string, MutableExpansion>;
  readonly names: readonly string[];
  readonly schema: OutputClass | undefined;
  readonly outputs: OutputCompiler;
}

function place(owner: string, { model, level, names, schema, outputs }: Placement): void {
  const [name = '', ...rest] = names;
  const field = model.fields.get(name);
  if (!field?.relation || !isReadable(field)) {
    const relations = [...model.fields.values()].filter((one) => one.relation && isReadable(one));
    throw new UnknownFieldError(
      owner,
      names.join('.'),
      'expand',
      relations.map((one) => one.name),
    );
  }
  const target = targetOf(field);
  let expansion = level.get(name);
  if (!expansion) {
    const output = outputs.compile(derivedOutput(target.model));
    const propertyWith = (shown: CompiledOutput) => outputs.expanded(model, field, shown);
    level.set(name, (expansion = { field, output, propertyWith, expansions: new Map() }));
  }
  if (rest.length) return place(owner, { model: target, level: expansion.expansions, names: rest, schema, outputs });
  if (!schema) return;
  expansion.output = outputs.compile(schema);
  if (expansion.output.model !== target) {
    throw new InvalidOptionError(
      owner,
      `"expand" shows "${name}" by ${schema.name}.`,
      `Derive it from ${target.name}.`,
    );
  }
}
