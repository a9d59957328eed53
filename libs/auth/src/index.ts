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
export {
  AuthOptionsError,
  MissingHasherPackageError,
  NoAuthModuleError,
  PermissionsNotLoadedError,
  UnknownHasherError,
} from './errors/auth.errors.js';
export { AuthEvent } from './events/auth-event.model.js';
export { Group } from './groups/group.model.js';
export { Permission } from './groups/permission.model.js';
export { Argon2Hasher, type Argon2Options } from './hashing/argon2.hasher.js';
export { BcryptHasher, type BcryptOptions } from './hashing/bcrypt.hasher.js';
export { Hash, type HasherParameters } from './hashing/hash.service.js';
export { PasswordHasher } from './hashing/password-hasher.js';
export { Pbkdf2Hasher, type Pbkdf2Options } from './hashing/pbkdf2.hasher.js';
export { ScryptHasher, type ScryptOptions } from './hashing/scrypt.hasher.js';
export { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
export { PasswordPolicy } from './passwords/password-policy.js';
export { type RevokeReason, Session } from './sessions/session.model.js';
export { RefreshToken } from './tokens/refresh-token.model.js';
export { AbstractBaseUser, AbstractUser } from './users/abstract-user.js';
export { type PermissionHolder, PermissionsMixin } from './users/permissions.mixin.js';
export { type NewUser, UserManager } from './users/user.manager.js';
