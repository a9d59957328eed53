import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { InvalidOptionError } from '../errors/viewset.errors.js';

/**
 * Makes an instance of a class that an option names, with what its constructor injects.
 *
 * @throws InvalidOptionError when the compiler has not kept what the constructor takes.
 */
export async function instantiate<T>(modules: ModuleRef, owner: string, type: Type<T>): Promise<T> {
  if (type.length > 0 && !Reflect.hasMetadata('design:paramtypes', type)) {
    throw new InvalidOptionError(
      owner,
      `what the constructor of ${type.name} injects is not known.`,
      `Decorate ${type.name} with @Injectable().`,
    );
  }
  return modules.create(type);
}
