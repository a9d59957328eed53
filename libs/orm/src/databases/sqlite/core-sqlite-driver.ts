import type { DriverException } from '@mikro-orm/core';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { convertForeignException } from '../driver-exceptions.js';

/** MikroORM's SQLite driver, with the framework's errors left as they are. */
export class CoreSqliteDriver extends SqliteDriver {
  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}
