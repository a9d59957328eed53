/** Token of the manager of the application's user model. */
export const USERS = Symbol.for('@core-framework/auth:users');
