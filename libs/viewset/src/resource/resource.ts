import type { Manager, ModelDefinition, QuerySet } from '@core-framework/orm';
import { isOnDeleted } from '../actions/standard-actions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { isLater, type NowOrLater } from '../pipeline/later.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import { readRows } from './read-rows.js';
import type { OutputShapes } from '../schemas/output-shapes.js';
import type { Row } from '../schemas/output-property.js';
import type { ScopeCondition } from '../schemas/related-rows.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import type { Listing } from './listing.js';
import type { LookupValue } from './lookup-value.js';
import type { ParentLink } from './parent-link.js';
import type { RowWriter } from './row-writer.js';
import { softDeletable } from './soft-deletable-rows.js';
import type { FileFields } from '../uploads/file-fields.js';
import type { UniqueCheck } from './unique-check.js';

/** The pieces that a {@link Resource} is made of. */
export interface ResourceParts {
  readonly model: ModelDefinition;
  readonly manager: Manager<object>;
  readonly input: CompiledInput;
  readonly output: CompiledOutput;
  readonly lookup: LookupValue;
  /** What clients may choose of what they are shown. */
  readonly shapes: OutputShapes | undefined;
  readonly listing: Listing;
  readonly unique: UniqueCheck;
  readonly writer: RowWriter;
  /** Absent when rows have no files. */
  readonly files?: FileFields;
  /** The way to the rows that these are nested under. */
  readonly parent: ParentLink | undefined;
}

/** All that a ViewSet's actions need of its model, compiled at start-up. */
export class Resource {
  readonly model: ResourceParts['model'];
  readonly manager: ResourceParts['manager'];
  readonly input: ResourceParts['input'];
  readonly output: ResourceParts['output'];
  readonly lookup: ResourceParts['lookup'];
  readonly shapes: ResourceParts['shapes'];
  readonly listing: ResourceParts['listing'];
  readonly unique: ResourceParts['unique'];
  readonly writer: ResourceParts['writer'];
  readonly files: ResourceParts['files'];
  readonly parent: ResourceParts['parent'];

  constructor(parts: ResourceParts) {
    this.model = parts.model;
    this.manager = parts.manager;
    this.input = parts.input;
    this.output = parts.output;
    this.lookup = parts.lookup;
    this.shapes = parts.shapes;
    this.listing = parts.listing;
    this.unique = parts.unique;
    this.writer = parts.writer;
    this.files = parts.files;
    this.parent = parts.parent;
  }

  /** The rows that a request may know of: the ViewSet's own, narrowed to the caller's scope. */
  narrowed<T extends object, I extends object>(
    view: GenericViewSet<T, I>,
    context: ActionContext<T>,
  ): NowOrLater<QuerySet<T>> {
    const all = view.getQuerySet(context);
    const rows = isOnDeleted(context.action) ? (softDeletable(all).onlyDeleted() as object as QuerySet<T>) : all;
    return this.scoped(view, context, rows);
  }

  /** Those of some rows that a request may know of: in the caller's scope, and below the parent that the path names. */
  scoped<T extends object, I extends object>(
    view: GenericViewSet<T, I>,
    context: ActionContext<T>,
    rows: QuerySet<T>,
  ): NowOrLater<QuerySet<T>> {
    const scope = view.scope(context.principal, context);
    return isLater(scope)
      ? scope.then((known) => this.#within(rows, known, context))
      : this.#within(rows, scope, context);
  }

  #within<T extends object>(
    rows: QuerySet<T>,
    scope: ScopeCondition | undefined,
    { parentKey }: ActionContext<T>,
  ): QuerySet<T> {
    const visible = scope === undefined ? rows : rows.where(scope);
    return this.parent ? visible.where({ [this.parent.field.name]: parentKey }) : visible;
  }

  /** Reads rows in the form that the output needs: plain columns wherever nothing asks for entities. */
  read<T extends object>(rows: QuerySet<T>, output = this.output): Promise<readonly object[]> {
    return readRows(output, rows);
  }

  /** The version of a row, `undefined` when the model counts none. */
  versionOf(row: object): unknown {
    const { versionField } = this.model;
    return versionField && (row as Row)[versionField.name];
  }
}
