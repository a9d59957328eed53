import { assembleOnly } from '@core-framework/common';
import { type CoreSettings, loadSettingsOf } from '@core-framework/config';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PackageNotUsedError } from '../errors/cli.errors.js';

/** The application of a project, put together so that a command can use it; it listens to nothing and starts no work. */
export class AssembledApplication implements AsyncDisposable {
  private constructor(
    readonly nest: NestFastifyApplication,
    readonly settings: CoreSettings,
  ) {}

  /** Puts the parts together; routes and whatever comes up with them are there after {@link withRoutes} only. */
  static async of(module: Type | DynamicModule): Promise<AssembledApplication> {
    const settings = loadSettingsOf(module);
    const nest = await assembleOnly(() => CoreFactory.create(module, { settings, logger: false }));
    return new AssembledApplication(nest, settings);
  }

  /** Compiles views and registers routes, as the start of a server does; what applications do at the very end of it is left out. */
  async withRoutes(): Promise<this> {
    // Applications seed and connect in `onApplicationBootstrap`; Nest has no public way to initialise without it.
    Object.defineProperty(this.nest, 'callBootstrapHook', { value: () => Promise.resolve() });
    await assembleOnly(() => this.nest.init());
    return this;
  }

  /** A provider, wherever in the application it is; `undefined` when it is nowhere. */
  find<T>(token: Type<T> | (abstract new (...args: never[]) => T) | symbol): T | undefined {
    try {
      return this.nest.get<T>(token, { strict: false });
    } catch {
      return undefined;
    }
  }

  /** @throws PackageNotUsedError when the application has no such provider. */
  need<T>(token: Type<T> | (abstract new (...args: never[]) => T) | symbol, [name, module]: PackageModule): T {
    const found = this.find<T>(token);
    if (found === undefined) throw new PackageNotUsedError(name, module);
    return found;
  }

  /** Runs work on the application's models, in a unit of its own. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    const database = this.find<Database>(DATABASE);
    return database ? runInContext(work, { database }) : work();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nest.close();
  }
}

/** A package and the module that brings it into an application. */
export type PackageModule = readonly [name: string, module: string];

export const ORM: PackageModule = ['@core-framework/orm', 'CoreOrmModule'];
