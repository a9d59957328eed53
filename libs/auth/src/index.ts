export { ApiKey } from './api-keys/api-key.model.js';
export { AuthModule } from './auth.module.js';
export {
  AUTH_OPTIONS,
  type AuthExtras,
  type AuthOptions,
  RESOLVED_AUTH_OPTIONS,
  type ResolvedAuthOptions,
  USER_MODEL,
  type UserModel,
} from './auth.options.js';
export { AuthOptionsError } from './errors/auth.errors.js';
export { AuthEvent } from './events/auth-event.model.js';
export { Group } from './groups/group.model.js';
export { Permission } from './groups/permission.model.js';
export { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
export { type RevokeReason, Session } from './sessions/session.model.js';
export { RefreshToken } from './tokens/refresh-token.model.js';
export { AbstractBaseUser, AbstractUser } from './users/abstract-user.js';
export { type PermissionHolder, PermissionsMixin } from './users/permissions.mixin.js';
