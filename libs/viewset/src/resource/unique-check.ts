import { InvalidInputException } from '@core-framework/common';
import { type FieldDefinition, type Manager, type ModelDefinition, uniqueErrors } from '@core-framework/orm';
import { isSameKey } from '../schemas/row-key.js';

/**
 * Looks whether values that must be unique are taken, over all rows whatever a caller may see of them. It only makes
 * errors come early and together: the truth is the database's constraint, whose violation answers the same.
 */
export class UniqueCheck {
  constructor(
    private readonly model: ModelDefinition,
    private readonly manager: Manager<object>,
    private readonly fields: readonly FieldDefinition[],
  ) {}

  /** @throws InvalidInputException naming every field whose value another row has. */
  async check(data: object, instance?: object): Promise<void> {
    const taken: string[] = [];
    for (const { name } of this.fields) {
      const value = (data as Record<string, unknown>)[name];
      if (value === undefined || value === null) continue;
      if (await this.#isTaken(name, value, instance)) taken.push(name);
    }
    if (!taken.length) return;
    throw new InvalidInputException(Object.assign({}, ...taken.map((name) => uniqueErrors(this.model.name, [name]))));
  }

  async #isTaken(name: string, value: unknown, instance: object | undefined): Promise<boolean> {
    const key = this.model.primaryKey.name;
    const others = this.manager.where({ [name]: value });
    const own = instance && (instance as Record<string, unknown>)[key];
    if (own === undefined) return others.exists();
    return (await others.rows({ columns: [key] })).some((row) => !isSameKey(row[key], own));
  }
}
