import { isModel, modelDefinition } from '@core-framework/orm';
import type { UserModel } from '../auth.options.js';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { AbstractBaseUser } from './abstract-user.js';

/** @throws AuthOptionsError when it is no model of users, or its statics name what cannot serve. */
export function checkedUserModel(model: unknown): UserModel {
  if (!isModel(model) || !(model.prototype instanceof AbstractBaseUser)) {
    throw new AuthOptionsError(
      `The userModel of AuthModule is ${typeof model === 'function' ? model.name : typeof model}, which is no model of users.`,
      'Pass a class that extends AbstractUser and is decorated with @Model().',
    );
  }
  const { fields, uniqueTogether } = modelDefinition(model);
  const { USERNAME_FIELD, REQUIRED_FIELDS } = model as unknown as typeof AbstractBaseUser;
  const refuse = (constant: string, field: string, problem: string, fix: string): never => {
    throw new AuthOptionsError(`${model.name}.${constant} names "${field}", which is ${problem}.`, fix);
  };
  for (const [constant, names] of Object.entries({ USERNAME_FIELD: [USERNAME_FIELD], REQUIRED_FIELDS })) {
    for (const name of names)
      if (!fields.has(name)) refuse(constant, name, 'no field of it', `Use some of ${[...fields.keys()].join(', ')}.`);
  }
  const isUnique = fields.get(USERNAME_FIELD)?.unique || uniqueTogether.some((set) => set.join() === USERNAME_FIELD);
  if (!isUnique) refuse('USERNAME_FIELD', USERNAME_FIELD, 'not unique', 'Declare the field with unique: true.');
  return model as UserModel;
}
