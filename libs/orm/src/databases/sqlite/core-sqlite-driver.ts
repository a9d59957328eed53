import type { DriverException } from '@mikro-orm/core';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { convertForeignException } from '../driver-exceptions.js';

/** MikroORM's SQLite driver, with the framework's errors left as they are. */
export class CoreSqliteDriver extends SqliteDriver {
  constructor(config: ConstructorParameters<typeof SqliteDriver>[0]) {
    super(config);
    const { platform } = this;
    const normalize = platform.normalizeColumnType.bind(platform);
    // SQLite counts `integer` keys only, so that is what a big one becomes; comparing would find it changed for ever.
    platform.normalizeColumnType = (type, options) =>
      type === 'bigint' && 'primary' in options && options.primary ? 'integer' : normalize(type, options);
    readCompositeKeysLikeModels(platform.getSchemaHelper() as unknown as KeyReader);
  }

  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}

/** The parts of MikroORM's schema helper that say which columns of a table are its key. */
interface KeyReader {
  getColumns(...args: readonly unknown[]): Promise<{ primary: boolean }[]>;
  getPrimaryKeys(...args: readonly unknown[]): Promise<string[]>;
}

/** A column that is one of several in a key is no counter: models do not call it primary, so the database must not either. */
function readCompositeKeysLikeModels(helper: KeyReader): void {
  const getColumns = helper.getColumns.bind(helper);
  const getPrimaryKeys = helper.getPrimaryKeys.bind(helper);
  helper.getColumns = async (...args) => {
    const columns = await getColumns(...args);
    if (columns.filter(({ primary }) => primary).length > 1) for (const column of columns) column.primary = false;
    return columns;
  };
  helper.getPrimaryKeys = async (...args) => {
    const keys = await getPrimaryKeys(...args);
    return keys.length > 1 ? [] : keys;
  };
}
