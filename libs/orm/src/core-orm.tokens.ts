import { Inject } from '@nestjs/common';
import type { ModelClass } from './fields/field-definition.js';

/** Token of the application's {@link Database}. */
export const DATABASE = Symbol.for('@core-framework/orm:database');

const managerTokens = new WeakMap<ModelClass, symbol>();

/** Token of a model's Manager; two models of the same name have two. */
export function getManagerToken(model: ModelClass): symbol {
  let token = managerTokens.get(model);
  if (!token) managerTokens.set(model, (token = Symbol(`${model.name}Manager`)));
  return token;
}

/** Injects the Manager of a model that `CoreOrmModule.forFeature` names. */
export function InjectManager(model: ModelClass): ParameterDecorator & PropertyDecorator {
  return Inject(getManagerToken(model));
}
