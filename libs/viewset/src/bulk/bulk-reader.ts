import { type FieldErrors, InvalidInputException, NON_FIELD_ERRORS } from '@core-framework/common';
import { compileFieldParser, compileTextParser, VersionConflictError } from '@core-framework/orm';
import type { StandardAction } from '../actions/standard-actions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { readQuery } from '../pipeline/query-parameters.js';
import { readBody } from '../pipeline/request-body.js';
import type { Resource } from '../resource/resource.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import { InputErrors } from '../schemas/input-problems.js';
import type { GenericViewSet } from '../views/generic.viewset.js';

/** A row and what it is to be changed to. */
export interface BulkChange<T extends object = object, I extends object = object> {
  readonly instance: T;
  readonly input: I;
}

type View = GenericViewSet<object>;

const REQUIRED = { errors: [{ code: 'required', message: 'This field is required.' }], value: undefined };

/**
 * Reads what a bulk action works on: an array of at most so many items, every row found in the caller's scope and
 * allowed, every input valid, no value twice. Nothing is written before all of that holds.
 */
export class BulkReader {
  readonly #parseKey: ReturnType<typeof compileFieldParser>;
  readonly #parseText: ReturnType<typeof compileFieldParser>;

  constructor(
    private readonly action: StandardAction,
    private readonly resource: Resource,
    readonly maxItems: number,
    /** Whether it works in a transaction of a database that locks rows, not all of itself. */
    private readonly locksRows: boolean,
  ) {
    const { field } = resource.lookup;
    this.#parseKey = compileFieldParser(field);
    this.#parseText = compileTextParser(field);
  }

  /** The name by which items, and the query, name their rows. */
  get keyName(): string {
    return this.resource.lookup.field.name;
  }

  /** The query parameter that a deletion may name its rows in. */
  get keysParameter(): string {
    return `${this.keyName}__in`;
  }

  /** @throws InvalidInputException by index, and what the permissions of the rows throw. */
  async read(view: View, context: ActionContext, input = this.resource.input): Promise<void> {
    const query = readQuery(context.request, (name) => this.action.bulk === 'delete' && name === this.keysParameter);
    const named = query[this.keysParameter];
    const items = this.#checked(named === undefined ? await readBody(context.request, false) : named.split(','));
    if (this.action.bulk === 'create') context.input = await this.#readNew(view, context, input, items);
    else if (this.action.bulk === 'update') context.input = await this.#readChanges(view, context, input, items);
    else context.input = await this.#find(view, context, this.#keys(items, named !== undefined), (index) => `${index}`);
  }

  /**
   * Locks the rows that are to be written, in the order of their keys: who writes the same ones in another order waits for
   * its turn, where each would wait for the other.
   */
  async lock({ input }: ActionContext): Promise<void> {
    const items = input as readonly object[];
    if (!this.locksRows || this.action.bulk === 'create' || items.length < 2) return;
    const { manager, model } = this.resource;
    const { name } = model.primaryKey;
    const rows =
      this.action.bulk === 'update' ? (items as readonly BulkChange[]).map(({ instance }) => instance) : items;
    const keys: unknown[] = rows.map((row) => Reflect.get(row, name));
    await manager
      .where({ [`${name}__in`]: keys })
      .orderBy(name as never)
      .selectForUpdate()
      .rows({ columns: [name] });
  }

  async #readNew(
    view: View,
    context: ActionContext,
    input: CompiledInput,
    items: readonly unknown[],
  ): Promise<object[]> {
    const { unique, parent } = this.resource;
    const scope = view.relationScopeFor(context);
    const inputs = await input.readMany(items, () => ({ partial: false, scope }));
    const checked: object[] = [];
    if (parent) for (const one of inputs) Reflect.set(one, parent.field.name, context.parentKey);
    for (const one of inputs) checked.push(await view.performCreateValidation(one, context.forRow(one)));
    await unique.checkAll(checked.map((data) => ({ data })));
    return checked;
  }

  async #readChanges(
    view: View,
    context: ActionContext,
    input: CompiledInput,
    items: readonly unknown[],
  ): Promise<BulkChange[]> {
    const { unique } = this.resource;
    const objects = items.filter(isObject);
    const keys = objects.length === items.length ? this.#keys(objects.map((item) => item[this.keyName])) : [];
    if (objects.length < items.length) refuse(this.#notObjects(items));
    const instances = await this.#find(view, context, keys, (index) => `${index}.${this.keyName}`);
    for (const [index, item] of objects.entries()) this.#checkVersion(item, instances[index]);
    const scope = view.relationScopeFor(context);
    const partial = this.action.body === 'partial';
    const inputs = await input.readMany(objects, (index) => ({ partial, instance: instances[index], scope }));
    const changes: BulkChange[] = [];
    for (const [index, one] of inputs.entries()) {
      const instance = instances[index] as object;
      changes.push({
        instance,
        input: await view.performUpdateValidation(one, instance, context.forRow(one, instance)),
      });
    }
    await unique.checkAll(changes.map(({ instance, input: data }) => ({ data, instance })));
    return changes;
  }

  #checked(body: unknown): readonly unknown[] {
    if (!Array.isArray(body)) {
      const kind = body === null || body === undefined ? 'nothing' : typeof body;
      return refuse({
        [NON_FIELD_ERRORS]: [{ code: 'not_a_list', message: `Expected a list of items but got ${kind}.` }],
      });
    }
    if (!body.length) {
      return refuse({ [NON_FIELD_ERRORS]: [{ code: 'empty', message: 'This list may not be empty.' }] });
    }
    if (body.length > this.maxItems) {
      const message = `Ensure this list has no more than ${this.maxItems} items.`;
      return refuse({ [NON_FIELD_ERRORS]: [{ code: 'max_length', message }] });
    }
    return body;
  }

  /** The lookup values, each there, of the right type and named once. */
  #keys(given: readonly unknown[], areTexts = false): readonly unknown[] {
    const errors = new InputErrors();
    const seen = new Set<string>();
    const parse = areTexts ? this.#parseText : this.#parseKey;
    const suffix = this.action.bulk === 'update' ? `.${this.keyName}` : '';
    const keys = given.map((value, index) => {
      const at = `${index}${suffix}`;
      const outcome = value === undefined ? REQUIRED : parse(value);
      if (outcome.errors) errors.add(at, outcome.errors);
      else if (seen.has(String(outcome.value))) {
        errors.add(at, [{ code: 'duplicate', message: 'This row is named twice.' }]);
      }
      seen.add(String(outcome.value));
      return outcome.value;
    });
    errors.throwIfAny();
    return keys;
  }

  /** The rows with these keys, in their order: all in the caller's scope, all allowed. */
  async #find(
    view: View,
    context: ActionContext,
    keys: readonly unknown[],
    place: (index: number) => string,
  ): Promise<object[]> {
    const rows = await this.resource.narrowed(view, context);
    const found = new Map(
      (await rows.where({ [`${this.keyName}__in`]: keys }).all()).map((row) => [
        String(Reflect.get(row, this.keyName)),
        row,
      ]),
    );
    const errors = new InputErrors();
    const instances = keys.flatMap((key, index) => {
      const row = found.get(String(key));
      if (!row) errors.add(place(index), [{ code: 'does_not_exist', message: 'There is no such row.' }]);
      return row ?? [];
    });
    errors.throwIfAny();
    for (const row of instances) await context.authorization?.checkObject(context, row);
    return instances;
  }

  /** An item that tells the version of its row is held to it. */
  #checkVersion(item: Record<string, unknown>, row: object | undefined): void {
    const { versionField, name } = this.resource.model;
    if (!versionField || !row || item[versionField.name] === undefined) return;
    if (item[versionField.name] !== this.resource.versionOf(row)) {
      throw new VersionConflictError(name, Number(item[versionField.name]));
    }
  }

  #notObjects(items: readonly unknown[]): FieldErrors {
    const error = { code: 'invalid', message: 'Invalid data. Expected an object.' };
    return Object.fromEntries(items.flatMap((item, index) => (isObject(item) ? [] : [[String(index), [error]]])));
  }
}

function isObject(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function refuse(errors: FieldErrors): never {
  throw new InvalidInputException(errors);
}
