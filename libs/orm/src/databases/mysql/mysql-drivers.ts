import { type DriverException, MariaDbDriver, MariaDbPlatform, MySqlDriver, MySqlPlatform } from '@mikro-orm/mariadb';
import { convertForeignException } from '../driver-exceptions.js';

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
  override getTextTypeDeclarationSQL(): string {
    return UNLIMITED_TEXT;
  }
}

class CoreMySqlPlatform extends MySqlPlatform {
  override getTextTypeDeclarationSQL(): string {
    return UNLIMITED_TEXT;
  }
}

/** Plain `text` ends after 64 kB here, and nowhere else. */
const UNLIMITED_TEXT = 'longtext';
