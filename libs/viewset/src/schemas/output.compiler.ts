import type { FileStorage } from '@core-framework/common';
import { type FieldDefinition, modelDefinition, type ModelDefinition } from '@core-framework/orm';
import { MissingModelError } from '../errors/viewset.errors.js';
import { computedOf } from '../metadata/viewset.metadata.js';
import { isLater, type NowOrLater } from '../pipeline/later.js';
import {
  isReadable,
  isShownByDefault,
  outputBasisOf,
  type OutputClass,
  type OutputSchemaOptions,
} from './output-schema.js';
import {
  columnProperty,
  computedProperty,
  manyProperty,
  nestedOneProperty,
  type OutputProperty,
  type Row,
} from './output-property.js';
import type { RelationLoader } from './relation-loader.js';
import { RowBudget } from './row-budget.js';
import { compileRepresentation, type Representation } from './representation.js';
import { patientStringifierOf, type Stringify, stringifierOf } from './stringifier.js';
import { checkNames, selectFields, targetOf } from './schema-basis.js';

/** A schema of output, ready to show rows. */
export interface CompiledOutput {
  readonly schema: OutputClass;
  readonly model: ModelDefinition;
  readonly properties: readonly OutputProperty[];
  /** The columns to read; with `needsEntity`, reading them is not enough. */
  readonly columns: readonly string[];
  /** Whether a computed field wants the entity. */
  readonly needsEntity: boolean;
  /** Whether all that is shown is in the row itself, so that the row's version stands for it. */
  readonly isRowOnly: boolean;
  /**
   * Shows rows, plain ones or entities alike.
   *
   * @param budget what related rows count against, below a relation that the client asked for.
   * @throws InvalidInputException when the client asked for more related rows than it may.
   */
  represent(rows: readonly Row[], budget?: RowBudget): NowOrLater<Representation[]>;
  /** Writes what {@link represent} made as JSON. */
  readonly stringify: Stringify;
}

/** Compiles output schemas of one application; each class once. */
export class OutputCompiler {
  readonly #compiled = new Map<OutputClass, CompiledOutput>();

  constructor(
    private readonly loader: RelationLoader,
    private readonly files: Pick<FileStorage, 'url'>,
    /** The related rows that clients may ask for in one answer. */
    private readonly maxExpandedRows: number,
  ) {}

  /** @throws MissingModelError when the class is not derived with `OutputSchema()`, UnknownFieldError */
  compile(schema: OutputClass): CompiledOutput {
    let compiled = this.#compiled.get(schema);
    if (!compiled) this.#compiled.set(schema, (compiled = this.#compile(schema)));
    return compiled;
  }

  #compile(schema: OutputClass): CompiledOutput {
    const basis = outputBasisOf(schema);
    if (!basis) throw new MissingModelError(schema.name);
    const model = modelDefinition(basis.model);
    const properties = [
      ...this.#fieldProperties(schema, model, basis.options),
      ...this.#computedProperties(schema, model),
    ];
    return compiledOutput(schema, model, properties, { stringify: stringifierOf(properties) });
  }

  /** An output with other properties, as one client may want it. */
  variant({ schema, model }: CompiledOutput, properties: readonly OutputProperty[]): CompiledOutput {
    const { maxExpandedRows } = this;
    return compiledOutput(schema, model, properties, { stringify: patientStringifierOf(properties), maxExpandedRows });
  }

  /** The property of a relation whose rows are shown as objects because the client asks for them. */
  expanded(model: ModelDefinition, field: FieldDefinition, nested: CompiledOutput): OutputProperty {
    const isMany = field.relation && (field.relation.many || !field.relation.owner);
    const property = isMany
      ? manyProperty(model, field, nested, this.loader)
      : nestedOneProperty(field, nested, this.loader);
    return { ...property, isExpanded: true };
  }

  #fieldProperties(schema: OutputClass, model: ModelDefinition, options: OutputSchemaOptions): OutputProperty[] {
    const { nested = {}, pick } = options;
    const asked = new Set([...(pick ?? []), ...Object.keys(nested)]);
    const shown = (field: FieldDefinition) => isShownByDefault(field) || (isReadable(field) && asked.has(field.name));
    const selection = { ...options, ...(pick && { pick: [...asked] }) };
    const fields = selectFields(schema.name, model.model, shown, selection);
    const relations = [...fields.values()].filter(({ relation }) => relation).map(({ name }) => name);
    checkNames(schema.name, 'nested', Object.keys(nested), relations);
    return [...fields.values()].map((field) => this.#fieldProperty(model, field, nested[field.name]));
  }

  #fieldProperty(
    model: ModelDefinition,
    field: FieldDefinition,
    nestedSchema: OutputClass | undefined,
  ): OutputProperty {
    const nested = nestedSchema && this.compile(nestedSchema);
    if (nested && nested.model !== targetOf(field)) throw new MissingModelError(nested.schema.name);
    if (field.relation && (field.relation.many || !field.relation.owner)) {
      return manyProperty(model, field, nested, this.loader);
    }
    return nested ? nestedOneProperty(field, nested, this.loader) : columnProperty(field, this.files);
  }

  #computedProperties(schema: OutputClass, model: ModelDefinition): OutputProperty[] {
    const computed = [...computedOf(schema)];
    if (!computed.length) return [];
    const instance = new schema();
    return computed.map(([name, options]) => {
      checkNames(schema.name, `@Computed ${name}`, options.from, [...model.fields.keys()]);
      return computedProperty(name, instance, options);
    });
  }
}

function compiledOutput(
  schema: OutputClass,
  model: ModelDefinition,
  properties: readonly OutputProperty[],
  { stringify, maxExpandedRows = 0 }: { readonly stringify: Stringify; readonly maxExpandedRows?: number },
): CompiledOutput {
  const { versionField, primaryKey } = model;
  const columns = new Set([primaryKey.name, ...properties.flatMap((property) => property.columns ?? [])]);
  if (versionField) columns.add(versionField.name);
  const isRowOnly = properties.every(({ isColumn }) => isColumn);
  return {
    schema,
    model,
    properties,
    columns: Object.freeze([...columns]),
    needsEntity: properties.some(({ columns: wanted }) => !wanted),
    isRowOnly,
    represent: isRowOnly
      ? columnReader(properties)
      : (rows, given) => represent(properties, rows, { given, own: given ?? new RowBudget(maxExpandedRows) }),
    stringify,
  };
}

/** Shows rows of which nothing but columns is shown, without waiting. */
function columnReader(properties: readonly OutputProperty[]): (rows: readonly Row[]) => Representation[] {
  let show: ((row: Row) => Representation) | undefined;
  return (rows) => rows.map((show ??= compileRepresentation(properties)));
}

/** What related rows count against: the budget given from above, and the one for what is expanded here. */
interface Budgets {
  readonly given: RowBudget | undefined;
  readonly own: RowBudget;
}

async function represent(
  properties: readonly OutputProperty[],
  rows: readonly Row[],
  { given, own }: Budgets,
): Promise<Representation[]> {
  if (!rows.length) return [];
  const readers: [name: string, read: (row: Row) => unknown][] = [];
  for (const property of properties) {
    const reader = property.prepare(rows, property.isExpanded ? own : given);
    readers.push([property.name, isLater(reader) ? await reader : reader]);
  }
  return rows.map((row) => {
    const shown: Representation = {};
    for (const [name, read] of readers) shown[name] = read(row);
    return shown;
  });
}
