import { CoreError } from '@core-framework/common';
import type { DriverException } from '@mikro-orm/core';

/**
 * Lets the framework's errors pass through MikroORM's conversion.
 *
 * MikroORM copies every error of a connection into its own `DriverException`, after which `instanceof` no longer finds
 * ours. Its signature promises a `DriverException`; callers only throw what they get.
 */
export function convertForeignException(error: Error, convert: (error: Error) => DriverException): DriverException {
  const known: Error | undefined = error instanceof CoreError ? error : undefined;
  return known ?? convert(error);
}
