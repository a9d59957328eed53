import {
  type DriverException,
  MariaDbDriver,
  MariaDbPlatform,
  MariaDbSchemaHelper,
  MySqlDriver,
  MySqlPlatform,
  MySqlSchemaHelper,
} from '@mikro-orm/mariadb';
import { convertForeignException } from '../driver-exceptions.js';
import { type EnumColumn, enumTypeSql, withReadableEnums } from './enum-values.js';

/** MikroORM's MariaDB driver, with the framework's errors left as they are and texts of any length. */
export class CoreMariaDbDriver extends MariaDbDriver {
  override readonly platform = new CoreMariaDbPlatform();

  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}

/** MikroORM's MySQL driver, with the framework's errors left as they are and texts of any length. */
export class CoreMySqlDriver extends MySqlDriver {
  override readonly platform = new CoreMySqlPlatform();

  override convertException(exception: Error): DriverException {
    return convertForeignException(exception, (error) => super.convertException(error));
  }
}

class CoreMariaDbPlatform extends MariaDbPlatform {
  protected override readonly schemaHelper: MariaDbSchemaHelper = withReadableEnums(new MariaDbSchemaHelper(this));

  override getTextTypeDeclarationSQL(): string {
    return UNLIMITED_TEXT;
  }

  override getEnumTypeDeclarationSQL(column: EnumColumn): string {
    return enumTypeSql(column) ?? super.getEnumTypeDeclarationSQL(column);
  }
}

class CoreMySqlPlatform extends MySqlPlatform {
  protected override readonly schemaHelper: MySqlSchemaHelper = withReadableEnums(new MySqlSchemaHelper(this));

  override getTextTypeDeclarationSQL(): string {
    return UNLIMITED_TEXT;
  }

  override getEnumTypeDeclarationSQL(column: EnumColumn): string {
    return enumTypeSql(column) ?? super.getEnumTypeDeclarationSQL(column);
  }
}

/** Plain `text` ends after 64 kB here, and nowhere else. */
const UNLIMITED_TEXT = 'longtext';
