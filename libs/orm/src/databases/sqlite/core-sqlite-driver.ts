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
  }

  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}
