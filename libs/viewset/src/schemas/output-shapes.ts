import { type FieldError, InvalidInputException } from '@core-framework/common';
import type { QueryParameter } from '../pagination/pagination.js';
import type { Expansion, Expansions } from './expansion.js';
import type { CompiledOutput, OutputCompiler } from './output.compiler.js';
import type { OutputProperty } from './output-property.js';

const FIELDS = 'fields';
const EXPAND = 'expand';

/** Shapes that are kept per output: clients use few, and who tries them all must not fill the memory. */
const KEPT_SHAPES = 100;

/** What clients may choose, and how much of it at once. */
export interface ShapeOptions {
  /** Whether fields may be chosen. */
  readonly isSelectable: boolean;
  readonly expansions: Expansions;
  /** The relations that one request may expand. */
  readonly maxExpands: number;
}

/** Names asked for, each with those asked for within it. */
interface Tree extends ReadonlyMap<string, Tree> {}

/** Lets clients choose what is shown: fewer fields (`?fields=id,author.name`), or whole related rows (`?expand=author`). */
export class OutputShapes {
  readonly parameters: readonly QueryParameter[];
  readonly isSelectable: boolean;
  readonly expansions: Expansions;
  readonly #maxExpands: number;
  readonly #names: ReadonlySet<string>;
  readonly #shapes = new WeakMap<CompiledOutput, Map<string, CompiledOutput>>();

  constructor(
    private readonly outputs: OutputCompiler,
    { isSelectable, expansions, maxExpands }: ShapeOptions,
  ) {
    this.isSelectable = isSelectable;
    this.expansions = expansions;
    this.#maxExpands = maxExpands;
    this.parameters = [
      ...(isSelectable
        ? [listParameter(FIELDS, { type: 'string' }, 'Shows these fields only; of related objects, "author.name".')]
        : []),
      ...(expansions.size
        ? [
            listParameter(
              EXPAND,
              { type: 'string', enum: pathsOf(expansions) },
              `Shows these relations as objects, ${maxExpands} at once.`,
            ),
          ]
        : []),
    ];
    this.#names = new Set(this.parameters.map(({ name }) => name));
  }

  /** Whether a query parameter belongs to it. */
  knows(parameter: string): boolean {
    return this.#names.has(parameter);
  }

  /**
   * The output in the shape that a query asks for.
   *
   * @throws InvalidInputException for what is not shown or may not be expanded, and for more than may be expanded at once.
   */
  read(
    query: Readonly<Record<string, string | readonly string[] | undefined>>,
    output: CompiledOutput,
  ): CompiledOutput {
    const fields = this.isSelectable ? namesIn(query[FIELDS]) : [];
    const expand = this.expansions.size ? namesIn(query[EXPAND]) : [];
    if (!fields.length && !expand.length) return output;
    const key = `${fields.join()}|${expand.join()}`;
    let shapes = this.#shapes.get(output);
    if (!shapes) this.#shapes.set(output, (shapes = new Map()));
    const known = shapes.get(key);
    // Put behind all others: the one in front is the one that was not asked for the longest.
    if (known) shapes.delete(key);
    const shape = known ?? this.#asked(output, fields, expand);
    shapes.set(key, shape);
    if (shapes.size > KEPT_SHAPES) shapes.delete(shapes.keys().next().value ?? '');
    return shape;
  }

  #asked(output: CompiledOutput, fields: readonly string[], expand: readonly string[]): CompiledOutput {
    const relations = treeOf(expand);
    const shape = this.#shape(output, this.expansions, treeOf(fields), relations, '');
    if (sizeOf(relations) > this.#maxExpands) throw tooMany(this.#maxExpands);
    return shape;
  }

  #shape(output: CompiledOutput, allowed: Expansions, fields: Tree, expand: Tree, path: string): CompiledOutput {
    const shown = new Map(output.properties.map((property) => [property.name, property]));
    for (const [name, deeper] of expand) {
      const expansion = allowed.get(name);
      if (!expansion)
        throw refusal(
          EXPAND,
          `${path}${name}`,
          pathsOf(allowed).map((one) => `${path}${one}`),
        );
      const within = this.#shape(
        expansion.output,
        expansion.expansions,
        fields.get(name) ?? NOTHING,
        deeper,
        `${path}${name}.`,
      );
      shown.set(name, expansion.propertyWith(within));
    }
    for (const [name, deeper] of fields) {
      const property = shown.get(name);
      if (!property)
        throw refusal(
          FIELDS,
          `${path}${name}`,
          [...shown.keys()].map((one) => `${path}${one}`),
        );
      if (deeper.size && !expand.has(name)) shown.set(name, this.#narrowed(property, deeper, `${path}${name}.`));
    }
    const properties = [...shown.values()].filter(({ name }) => !fields.size || fields.has(name) || expand.has(name));
    return this.outputs.variant(output, properties);
  }

  /** A related object of which only some fields are asked for. */
  #narrowed(property: OutputProperty, fields: Tree, path: string): OutputProperty {
    if (!property.nested || !property.withNested) throw refusal(FIELDS, `${path}${[...fields.keys()].join()}`, []);
    return property.withNested(this.#shape(property.nested, NO_EXPANSIONS, fields, NOTHING, path));
  }
}

const NOTHING: Tree = new Map();
const NO_EXPANSIONS: Expansions = new Map();

function listParameter(name: string, items: object, description: string): QueryParameter {
  return { name, schema: { type: 'array', items }, description, isList: true };
}

function namesIn(text: string | readonly string[] | undefined): readonly string[] {
  if (typeof text !== 'string') return [];
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names.filter(Boolean))].sort();
}

function treeOf(paths: readonly string[]): Tree {
  const root = new Map<string, Tree>();
  for (const path of paths) {
    let level = root;
    for (const name of path.split('.')) {
      const next = (level.get(name) ?? new Map()) as Map<string, Tree>;
      level.set(name, next);
      level = next;
    }
  }
  return root;
}

/** How many names a tree has, at all depths: each is a relation that is read. */
function sizeOf(tree: Tree): number {
  return [...tree.values()].reduce((size, deeper) => size + 1 + sizeOf(deeper), 0);
}

function tooMany(most: number): InvalidInputException {
  const error: FieldError = { code: 'too_many', message: `Ask for no more than ${most} relations at once.` };
  return new InvalidInputException({ [EXPAND]: [error] }, 'The query is not valid.');
}

function pathsOf(expansions: Expansions): string[] {
  return [...expansions].flatMap(([name, { expansions: deeper }]: [string, Expansion]) => [
    name,
    ...pathsOf(deeper).map((path) => `${name}.${path}`),
  ]);
}

function refusal(parameter: string, asked: string, known: readonly string[]): InvalidInputException {
  const choices = known.length ? ` Use ${known.join(', ')}.` : '';
  const error: FieldError = { code: 'invalid_choice', message: `"${asked}" cannot be asked for.${choices}` };
  return new InvalidInputException({ [parameter]: [error] }, 'The query is not valid.');
}
