import { type Configuration, type Constructor, type DriverException, EntityManagerType } from '@mikro-orm/core';
import { EntityManager, MikroORM, PostgreSqlConnection, PostgreSqlPlatform } from '@mikro-orm/postgresql';
import { AbstractSqlDriver } from '@mikro-orm/sql';
import { convertForeignException } from '../driver-exceptions.js';

/** MikroORM's PostgreSQL driver, with the framework's errors left as they are and foreign keys indexed as elsewhere. */
export class CorePostgresDriver extends AbstractSqlDriver<PostgreSqlConnection> {
  declare [EntityManagerType]: EntityManager<this>;

  constructor(config: Configuration) {
    super(config, new CorePostgresPlatform(), PostgreSqlConnection, ['kysely', 'pg']);
  }

  override createEntityManager(useContext?: boolean): this[typeof EntityManagerType] {
    return new EntityManager(this.config, this, this.metadata, useContext);
  }

  override getORMClass(): Constructor<MikroORM> {
    return MikroORM;
  }

  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}

class CorePostgresPlatform extends PostgreSqlPlatform {
  /** One folder of migrations serves every database, so an index of one is an index of all. */
  override indexForeignKeys(): boolean {
    return true;
  }
}
