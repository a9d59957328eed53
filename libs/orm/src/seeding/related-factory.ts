import { InvalidLookupError } from '../errors/orm.errors.js';
import { modelDefinition } from '../models/model-definition.js';
import { modelOf } from '../models/tracking.js';
import { keyOf } from '../querysets/condition.js';
import { Manager } from '../querysets/manager.js';

/** What of a factory is needed to store rows that belong to another. */
interface RowMaker {
  createMany(count: number, values?: never): Promise<object[]>;
}

/**
 * Stores rows that belong to one that is stored.
 *
 * @throws InvalidLookupError when the relation is not one to many rows.
 */
export async function storeRelated(row: object, relation: string, factory: RowMaker, count: number): Promise<void> {
  const definition = modelDefinition(modelOf(row));
  const { kind, mappedBy } = definition.fields.get(relation)?.relation ?? {};
  if (kind === 'oneToMany') {
    await factory.createMany(count, { [mappedBy ?? '']: row } as never);
    return;
  }
  if (kind !== 'manyToMany') {
    throw new InvalidLookupError(
      definition.name,
      relation,
      `has() was given "${relation}", which does not lead to many rows.`,
      'Name rows that others point to in the attributes.',
    );
  }
  const objects = new Manager(definition.model);
  const present = (await objects.links(relation, [keyOf(row)])).map(([, target]) => target);
  await objects.setLinks(relation, keyOf(row), [...present, ...(await factory.createMany(count))]);
}
