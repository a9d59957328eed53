import { NotFoundException, type Principal } from '@core-framework/common';
import type { Manager, QuerySet, SoftDeletable } from '@core-framework/orm';
import type { BulkChange } from '../bulk/bulk-reader.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { RelationScope, ScopeCondition } from '../schemas/related-rows.js';
import { View } from './view.js';

/** A validated input, or one with further values that the ViewSet sets. */
export type RowValues<I> = I | Readonly<Record<string, unknown>>;

/**
 * A ViewSet with all the hooks and none of the standard actions: extend it when a resource only has actions of its
 * own. Every hook may be overridden; one instance serves all requests, so nothing of a request belongs on `this`.
 */
export abstract class GenericViewSet<T extends object, I extends object = object> extends View {
  /** The manager of the ViewSet's model, in this application's database. */
  protected get manager(): Manager<T> {
    return View.compiled(this).resource.manager as unknown as Manager<T>;
  }

  /** The rows that this ViewSet serves; every action, count, filter and search starts here. */
  getQuerySet(_context?: ActionContext<T>): QuerySet<T> {
    return this.manager;
  }

  /**
   * Which of those rows a caller may know of: lookups, or a `Q(…)`; nothing for all of them. Lists and single objects
   * obey it alike, what is outside is 404.
   */
  scope(
    _principal: Principal,
    _context: ActionContext<T>,
  ): ScopeCondition | undefined | Promise<ScopeCondition | undefined> {
    return undefined;
  }

  /**
   * Which rows a caller may relate others to by a relation of the input (`tags`, in a nested object `comments.author`);
   * what is outside does not exist for him. Nothing stands for all rows, those that he may not see elsewhere included.
   */
  relatedScope(
    _relation: string,
    _principal: Principal,
    _context: ActionContext<T>,
  ): ScopeCondition | undefined | Promise<ScopeCondition | undefined> {
    return undefined;
  }

  /** @internal */
  relationScopeFor(context: ActionContext<T>): RelationScope | undefined {
    if (this.relatedScope === GenericViewSet.prototype.relatedScope) return undefined;
    return (relation) => this.relatedScope(relation, context.principal, context);
  }

  /**
   * Finds the object that the path names, and asks the object permissions.
   *
   * @throws NotFoundException when it does not exist or is out of the caller's scope.
   */
  async getObject(context: ActionContext<T>): Promise<T> {
    const compiled = View.compiled(this);
    const rows = await compiled.resource.narrowed(this, context);
    const object = await compiled.resource.lookup.narrow(rows, context.params).first();
    if (!object) throw new NotFoundException();
    await (context.authorization ?? compiled.authorizationOf(context.action)).checkObject(context, object);
    return object;
  }

  /** Checks or changes what a new row will be made of, before the transaction; throw to refuse it. */
  performCreateValidation(data: I, _context: ActionContext<T, I>): I | Promise<I> {
    return data;
  }

  /** Checks or changes what a row will be changed to, before the transaction; throw to refuse it. */
  performUpdateValidation(data: I, _instance: T, _context: ActionContext<T, I>): I | Promise<I> {
    return data;
  }

  /** Runs in the transaction, before the row is written. */
  beforeCreate(_data: I, _context: ActionContext<T, I>): void | Promise<void> {}

  /** Writes the new row. Set what the client may not: `super.performCreate({ ...data, author: principal.id }, context)`. */
  performCreate(data: RowValues<I>, _context: ActionContext<T, I>): Promise<T> {
    return View.compiled(this).resource.writer.create(data) as Promise<T>;
  }

  /** Runs in the transaction, after the row was written; for effects outside the database see `onCommit()`. */
  afterCreate(_object: T, _context: ActionContext<T, I>): void | Promise<void> {}

  /** Runs in the transaction, before the row is changed. */
  beforeUpdate(_instance: T, _data: I, _context: ActionContext<T, I>): void | Promise<void> {}

  /** Writes the changed columns of the row. */
  performUpdate(instance: T, data: RowValues<I>, _context: ActionContext<T, I>): Promise<T> {
    return View.compiled(this).resource.writer.update(instance, data) as Promise<T>;
  }

  /** Runs in the transaction, after the row was changed. */
  afterUpdate(_object: T, _context: ActionContext<T, I>): void | Promise<void> {}

  /** Runs in the transaction, before the row is deleted. */
  beforeDestroy(_instance: T, _context: ActionContext<T>): void | Promise<void> {}

  /** Deletes the row. */
  performDestroy(instance: T, _context: ActionContext<T>): Promise<void> {
    return View.compiled(this).resource.writer.destroy(instance);
  }

  /** Runs in the transaction, after the row was deleted. */
  afterDestroy(_instance: T, _context: ActionContext<T>): void | Promise<void> {}

  /** Runs in the transaction, before a soft-deleted row is brought back. */
  beforeRestore(_instance: T, _context: ActionContext<T>): void | Promise<void> {}

  /** Brings a soft-deleted row back. */
  async performRestore(instance: T, _context: ActionContext<T>): Promise<void> {
    await (instance as T & SoftDeletable).restore();
  }

  /** Runs in the transaction, after the row was brought back. */
  afterRestore(_instance: T, _context: ActionContext<T>): void | Promise<void> {}

  /** Writes many new rows by few statements; one by one where `performCreate` is the ViewSet's own. */
  async performBulkCreate(
    data: readonly RowValues<I>[],
    context: ActionContext<T, readonly I[]>,
  ): Promise<readonly T[]> {
    const { writer } = View.compiled(this).resource;
    if (this.performCreate === GenericViewSet.prototype.performCreate) return writer.createMany(data) as Promise<T[]>;
    const objects: T[] = [];
    for (const one of data) objects.push(await this.performCreate(one, context.forRow(one as I)));
    return objects;
  }

  /** Writes the changed columns of many rows by few statements; one by one where `performUpdate` is the ViewSet's own. */
  async performBulkUpdate(
    changes: readonly BulkChange<T, I>[],
    context: ActionContext<T, readonly BulkChange<T, I>[]>,
  ): Promise<readonly T[]> {
    const { writer } = View.compiled(this).resource;
    if (this.performUpdate === GenericViewSet.prototype.performUpdate) {
      await writer.updateMany(changes);
      return changes.map(({ instance }) => instance);
    }
    const objects: T[] = [];
    for (const { instance, input } of changes) {
      objects.push(await this.performUpdate(instance, input, context.forRow(input, instance)));
    }
    return objects;
  }

  /** Deletes many rows by one statement; one by one where `performDestroy` is the ViewSet's own. */
  async performBulkDestroy(instances: readonly T[], context: ActionContext<T, readonly T[]>): Promise<void> {
    const { writer } = View.compiled(this).resource;
    if (this.performDestroy === GenericViewSet.prototype.performDestroy) return writer.destroyMany(instances);
    for (const instance of instances) await this.performDestroy(instance, context.forRow({}, instance));
  }
}
