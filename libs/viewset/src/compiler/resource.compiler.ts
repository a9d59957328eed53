import { modelDefinition, type ModelDefinition } from '@core-framework/orm';
import type { ModuleRef } from '@nestjs/core';
import { InvalidOptionError, MissingModelError, UnknownFieldError } from '../errors/viewset.errors.js';
import { FilterCompiler } from '../filtering/filter.compiler.js';
import { compileOrdering } from '../filtering/ordering.js';
import { compileSearch } from '../filtering/search.js';
import type { PaginationCompiler } from '../pagination/pagination.compiler.js';
import { Listing } from '../resource/listing.js';
import { LookupValue } from '../resource/lookup-value.js';
import { readRows } from '../resource/read-rows.js';
import { type AnyClass, resolvedViewSet } from '../metadata/viewset.metadata.js';
import type { ParentOptions, ViewSetOptions } from '../options/viewset.options.js';
import { ParentLink } from '../resource/parent-link.js';
import { Resource } from '../resource/resource.js';
import { RowWriter } from '../resource/row-writer.js';
import { UniqueCheck } from '../resource/unique-check.js';
import { parentParameter } from '../routing/nested-path.js';
import { lookupParameter } from '../routing/route-plan.js';
import { compileExpansions } from '../schemas/expansion.js';
import { compileInput } from '../schemas/input.compiler.js';
import { derivedInput, inputBasisOf, isWritable } from '../schemas/input-schema.js';
import { derivedOutput, isReadable } from '../schemas/output-schema.js';
import { OutputShapes } from '../schemas/output-shapes.js';
import type { OutputCompiler } from '../schemas/output.compiler.js';
import type { ManagerFinder, RelatedRows } from '../schemas/related-rows.js';
import { checkNames } from '../schemas/schema-basis.js';
import type { CompiledView } from './compiled-view.js';
import type { CompilationServices } from './view.compiler.js';
import { FileFields, hasFiles } from '../uploads/file-fields.js';
import type { UploadServices } from '../uploads/upload-services.js';

interface Services {
  readonly defaults: CompilationServices['defaults'];
  readonly paginations: PaginationCompiler;
  /** Of the view: what its filters inject. */
  readonly module: ModuleRef;
  readonly connections?: CompilationServices['connections'];
  readonly outputs: OutputCompiler;
  readonly relatedRows: RelatedRows;
  readonly uploads: UploadServices;
  readonly managerOf: ManagerFinder;
  /** Finds a compiled view; to be asked once all of them are. */
  readonly viewOf: (view: AnyClass) => CompiledView;
}

function compositeKey(view: string, { keys, name }: ModelDefinition): InvalidOptionError {
  const fields = keys.map((field) => field.name);
  return new InvalidOptionError(
    `@ViewSet of ${view}`,
    `rows of ${name} have no key of one value that could stand in an address, but one made of ${fields.join(', ')}.`,
    `Give ${name} an id, and make the fields unique together: @Model({ unique: [[${fields.map((field) => `'${field}'`).join(', ')}]] }).`,
  );
}

/** @throws MissingModelError, UnknownFieldError, UnsupportedLookupError, InvalidOptionError */
export async function compileResource(view: string, options: ViewSetOptions, services: Services): Promise<Resource> {
  if (!options.model) throw new MissingModelError(view);
  const model = modelDefinition(options.model);
  if (model.keys.length > 1) throw compositeKey(view, model);
  const manager = services.managerOf(model.model);
  const output = services.outputs.compile(options.output ?? derivedOutput(options.model));
  const inputSchema = options.input ?? derivedInput(options.model);
  assertSameModel(view, 'output', model, output.model);
  assertSameModel(view, 'input', model, basisOf(inputSchema));
  const owner = `@ViewSet of ${view}`;
  const expansions = compileExpansions(owner, model, options.expand ?? [], services.outputs);
  const canChoose = options.fields || expansions.size > 0;
  const { maxExpands } = services.defaults;
  const isSelectable = options.fields ?? false;
  const shapes = canChoose ? new OutputShapes(services.outputs, { isSelectable, expansions, maxExpands }) : undefined;
  const rules = {
    owner,
    shapes,
    filters: await new FilterCompiler(view, model, services.module).compile(options),
    search: compileSearch(view, model, options.search, services.connections?.of(model.model).dialect === 'postgresql'),
    ordering: compileOrdering(view, model, options.ordering),
    relatedRows: services.relatedRows,
  };
  const pagination = await services.paginations.compile(owner, options.pagination, model, rules.ordering.paths);
  const columns = [...model.fields.values()].filter(({ columnName }) => columnName !== undefined);
  const unique = fieldsNamed(view, 'uniqueFields', options.uniqueFields, columns);
  const ignored = passedOver(model, output.properties);
  const parent = options.parent ? parentLink(view, model, options.parent, services) : undefined;
  const input = compileInput(inputSchema, {
    ignored,
    relatedRows: services.relatedRows,
    allowedExtensions: services.uploads.allowedExtensions,
    fixed: parent?.field.name,
  });
  return new Resource({
    model,
    manager,
    input,
    output,
    lookup: new LookupValue(view, model, lookupParameter(options), options.lookupField),
    shapes,
    listing: new Listing(rules, pagination, (rows, further, shown = output) => readRows(shown, rows, further)),
    unique: new UniqueCheck(model, manager, unique),
    files: hasFiles(model) ? new FileFields(model, services.uploads.storage) : undefined,
    writer: new RowWriter(model, services.managerOf, input),
    parent,
  });
}

/** @throws UnknownFieldError unless the field is a foreign key to the model of the parent. */
function parentLink(
  view: string,
  model: ModelDefinition,
  parent: ParentOptions,
  { viewOf }: Pick<Services, 'viewOf'>,
): ParentLink {
  const target = resolvedViewSet(parent.viewset).model;
  const usable = [...model.fields.values()].filter(
    ({ relation }) => relation?.owner && !relation.many && relation.target() === target,
  );
  const field = usable.find(({ name }) => name === parent.field);
  if (!field) {
    const known = usable.map(({ name }) => name);
    throw new UnknownFieldError(view, parent.field, 'parent', known);
  }
  return new ParentLink(field, parentParameter(parent), () => viewOf(parent.viewset));
}

type Field = ModelDefinition['primaryKey'];

/** The fields that an option names, of those that it may name. */
function fieldsNamed(
  view: string,
  option: string,
  names: readonly string[] | undefined,
  usable: readonly Field[],
): Field[] {
  checkNames(
    view,
    option,
    names,
    usable.map(({ name }) => name),
  );
  return (names ?? []).flatMap((name) => usable.find((field) => field.name === name) ?? []);
}

/** What a client may send back unchanged: all that it is shown, and what the framework sets. */
function passedOver(model: ModelDefinition, shown: readonly { readonly name: string }[]): ReadonlySet<string> {
  // Rows that point here are no part of this one: whoever sends them expects them to be written.
  const own = [...model.fields.values()].filter(
    (field) => isReadable(field) && !isWritable(field) && (field.relation?.owner ?? true),
  );
  return new Set([...shown, ...own].map(({ name }) => name));
}

function basisOf(schema: Parameters<typeof inputBasisOf>[0]): ModelDefinition | undefined {
  const basis = inputBasisOf(schema);
  return basis && modelDefinition(basis.model);
}

function assertSameModel(
  view: string,
  option: string,
  model: ModelDefinition,
  other: ModelDefinition | undefined,
): void {
  if (other === undefined || other === model) return;
  const problem = `its "${option}" is derived from ${other.name}, its "model" is ${model.name}.`;
  throw new InvalidOptionError(`@ViewSet of ${view}`, problem, `Derive the schema from ${model.name}.`);
}
