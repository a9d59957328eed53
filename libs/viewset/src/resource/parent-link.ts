import { ForbiddenException, NotFoundException } from '@core-framework/common';
import type { FieldDefinition } from '@core-framework/orm';
import type { CompiledView } from '../compiler/compiled-view.js';
import { ActionContext } from '../pipeline/action-context.js';
import type { Row } from '../schemas/output-property.js';
import { GenericViewSet } from '../views/generic.viewset.js';

/** Leads from a nested ViewSet to the rows above it. */
export class ParentLink {
  constructor(
    /** The foreign key that leads to the parent. */
    readonly field: FieldDefinition,
    /** The path parameter that names the parent. */
    readonly parameter: string,
    /** Known once all views are compiled. */
    private readonly parent: () => CompiledView,
  ) {}

  /** The field of the parent by which the path names it. */
  get lookupField(): FieldDefinition {
    return this.parent().resource.lookup.field;
  }

  /** The way from the parent on, when that is nested too. */
  get above(): ParentLink | undefined {
    return this.parent().resource.parent;
  }

  /**
   * Finds the parent that the path names, by all that guards its own `retrieve`, and gives its key.
   *
   * @throws NotFoundException when it does not exist, or the caller may not read it.
   * @throws UnauthorizedException when nobody may who has not signed in.
   */
  async findKey({ request, reply, principal, params }: ActionContext): Promise<unknown> {
    const compiled = this.parent();
    const { resource, instance: view } = compiled;
    if (!(view instanceof GenericViewSet)) throw new TypeError(`${compiled.view.name} serves no rows.`);
    const { lookup, model } = resource;
    const own = { ...params, [lookup.parameter]: params[this.parameter] ?? '' };
    const context = new ActionContext(request, reply, principal, 'retrieve', 'GET');
    context.model = model;
    context.namedParts = own;
    try {
      const authorization = await compiled.authorize(context);
      await authorization.check(context);
      if (resource.parent) context.parentKey = await resource.parent.findKey(context);
      const key = model.primaryKey.name;
      if (authorization.checksObjects || view.getObject !== GenericViewSet.prototype.getObject) {
        const object = await view.getObject(context);
        await authorization.checkObject(context, object);
        return (object as Row)[key];
      }
      const [row] = await lookup
        .narrow(await resource.narrowed(view, context), own)
        .limit(1)
        .rows({ columns: [key] });
      if (!row) throw new NotFoundException();
      return row[key];
    } catch (error) {
      throw error instanceof ForbiddenException ? new NotFoundException() : error;
    }
  }
}
