import { afterEach, expect, test } from '@jest/globals';
import { MikroORM, SchemaComparator, type SchemaDifference } from '@mikro-orm/sql';
import { parseDatabaseUrl } from '../databases/database-url.js';
import { createDriverOptions } from '../databases/driver-options.js';
import { EVERY_TYPE } from '../testing/every-type.entities.js';
import { metadataState } from './metadata-state.js';
import { toDatabaseSchema } from './mikro-schema.js';
import { operationOf } from './operations/operation-call.js';
import type { SchemaState } from './schema-state.js';
import { operationsBetween } from './state-difference.js';

const orms: MikroORM[] = [];

afterEach(async () => {
  await Promise.all(orms.splice(0).map((orm) => orm.close()));
});

async function discover(url: string): Promise<MikroORM> {
  const orm = await MikroORM.init({ ...(await createDriverOptions(parseDatabaseUrl(url))), entities: EVERY_TYPE });
  orms.push(orm);
  return orm;
}

const URLS = ['sqlite://:memory:', 'postgresql://nobody@127.0.0.1/nothing'];

/** Everything that MikroORM finds different between two schemas, as text. */
function differences({ newTables, changedTables, removedTables }: SchemaDifference): string[] {
  const columns = Object.values(changedTables).flatMap(({ name, changedColumns, ...rest }) => {
    const others = Object.entries(rest).filter(
      ([kind, value]) => /^(added|removed|changed|renamed)/.test(kind) && Object.keys(value ?? {}).length > 0,
    );
    const changed = Object.entries(changedColumns).map(
      ([column, { changedProperties }]) => `${column}: ${[...changedProperties].join()}`,
    );
    return [...changed, ...others.map(([kind]) => kind)].map((what) => `${name}.${what}`);
  });
  return [...Object.keys(newTables), ...Object.keys(removedTables), ...columns];
}

test.each(URLS)('a description of the models is to MikroORM what the models are (%s)', async (url) => {
  const orm = await discover(url);
  const platform = orm.em.getPlatform();
  const described = toDatabaseSchema(metadataState(orm), platform);
  const declared = orm.schema.getTargetSchema();
  const comparator = new SchemaComparator(platform);
  expect(differences(comparator.compare(described, declared))).toEqual([]);
  expect(differences(comparator.compare(declared, described))).toEqual([]);
});

test('models are described alike whatever the database', async () => {
  const [sqlite, postgres] = await Promise.all(URLS.map(discover));
  expect(sqlite && metadataState(sqlite)).toEqual(postgres && metadataState(postgres));
});

test('a change of a property shows in the comparison', async () => {
  const orm = await discover('sqlite://:memory:');
  const platform = orm.em.getPlatform();
  const { labels, ...rest } = metadataState(orm);
  const columns = { ...labels?.columns, name: { type: 'string', length: 50, nullable: true } } as const;
  const changed: SchemaState = { ...rest, labels: { ...labels, columns } };
  const wanted = toDatabaseSchema(metadataState(orm), platform);
  const found = new SchemaComparator(platform).compare(toDatabaseSchema(changed, platform), wanted);
  expect(differences(found)).toEqual(['labels.name: nullable']);
});

test('the operations between two descriptions lead from one to the other, and back', async () => {
  const every = metadataState(await discover('sqlite://:memory:'));
  const { labels: _labels, article_labels: _links, articles_labels: _otherLinks, ...few } = every;
  const changed: SchemaState = {
    ...few,
    authors: {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        nick: { type: 'string', default: '' },
      },
      indexes: { nicks: { columns: ['nick'] } },
    },
    first: {
      columns: { id: { type: 'integer', primaryKey: true } },
      foreignKeys: { to_second: { columns: ['id'], references: { table: 'second', columns: ['id'] } } },
    },
    second: {
      columns: { id: { type: 'integer', primaryKey: true } },
      foreignKeys: { to_first: { columns: ['id'], references: { table: 'first', columns: ['id'] } } },
    },
  };
  for (const [from, to] of [
    [every, changed],
    [changed, every],
    [{}, every],
    [every, {}],
    [changed, {}],
  ] as const) {
    const reached = operationsBetween(from, to).reduce<SchemaState>(
      (state, call) => operationOf(call).apply(state),
      from,
    );
    expect(operationsBetween(reached, to)).toEqual([]);
    expect(Object.keys(reached).toSorted()).toEqual(Object.keys(to).toSorted());
  }
});
