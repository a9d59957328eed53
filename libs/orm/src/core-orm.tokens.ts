import { Inject } from '@nestjs/common';
import { DEFAULT_CONNECTION } from './context/connection-name.js';
import type { ModelClass } from './fields/field-definition.js';

/** Token of the application's default {@link Database}. */
export const DATABASE = Symbol.for('@core-framework/orm:database');

const managerTokens = new WeakMap<ModelClass, Map<string, symbol>>();

/** Token of the {@link Database} of a connection. */
export function getDatabaseToken(connection: string = DEFAULT_CONNECTION): symbol {
  return connection === DEFAULT_CONNECTION ? DATABASE : Symbol.for(`@core-framework/orm:database:${connection}`);
}

/** Token of the {@link MigrationService} of a named connection; that of the default one is the class itself. */
export function getMigrationServiceToken(connection: string): symbol {
  return Symbol.for(`@core-framework/orm:migrations:${connection}`);
}

/**
 * Token of a model's Manager; two models of the same name have two. With a connection, of the Manager for the model's
 * rows there.
 */
export function getManagerToken(model: ModelClass, connection = ''): symbol {
  let tokens = managerTokens.get(model);
  if (!tokens) managerTokens.set(model, (tokens = new Map()));
  let token = tokens.get(connection);
  if (!token) tokens.set(connection, (token = Symbol(`${model.name}Manager${connection && ` on ${connection}`}`)));
  return token;
}

/** Injects the Manager of a model that `CoreOrmModule.forFeature` names, for the rows on a connection if one is named. */
export function InjectManager(model: ModelClass, connection?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getManagerToken(model, connection));
}

/** Injects the {@link Database} of a connection, which gives its MikroORM as `orm`. */
export function InjectDatabase(connection?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getDatabaseToken(connection));
}

/** Injects the {@link MigrationService} of a named connection; that of the default one is injected by its class. */
export function InjectMigrations(connection: string): ParameterDecorator & PropertyDecorator {
  return Inject(getMigrationServiceToken(connection));
}
