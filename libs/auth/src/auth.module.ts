import { CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { CoreOrmModule, isModel } from '@core-framework/orm';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { ApiKey } from './api-keys/api-key.model.js';
import {
  AUTH_OPTIONS,
  type AuthExtras,
  type AuthOptions,
  resolveAuthOptions,
  RESOLVED_AUTH_OPTIONS,
  type ResolvedAuthOptions,
  USER_MODEL,
  type UserModel,
} from './auth.options.js';
import { AuthOptionsError } from './errors/auth.errors.js';
import { AuthEvent } from './events/auth-event.model.js';
import { Group } from './groups/group.model.js';
import { Permission } from './groups/permission.model.js';
import { hashProvider } from './hashing/hash.provider.js';
import { Hash } from './hashing/hash.service.js';
import { OneTimeToken } from './one-time-tokens/one-time-token.model.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { Session } from './sessions/session.model.js';
import { RefreshToken } from './tokens/refresh-token.model.js';
import { AccountServices } from './users/account-services.js';
import { AbstractBaseUser } from './users/abstract-user.js';

const MODELS = [Group, Permission, Session, RefreshToken, OneTimeToken, ApiKey, AuthEvent];

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<AuthOptions>({ optionsInjectionToken: AUTH_OPTIONS })
  .setClassMethodName('forRoot')
  .build();

/**
 * Accounts, sessions, tokens and permissions of the application, in tables of its database.
 *
 * @example
 * ```ts
 * @Module({ imports: [SettingsModule.forRoot(), CoreOrmModule.forRoot(), AuthModule.forRoot({ userModel: User })] })
 * ```
 */
@Module({
  imports: [CommonModule],
  providers: [
    {
      provide: RESOLVED_AUTH_OPTIONS,
      inject: [AUTH_OPTIONS, { token: CoreSettings, optional: true }],
      useFactory: resolveAuthOptions,
    },
    {
      provide: PasswordPolicy,
      inject: [Hash, RESOLVED_AUTH_OPTIONS],
      useFactory: (hash: Hash, { passwordMinLength }: ResolvedAuthOptions) =>
        new PasswordPolicy(hash, passwordMinLength),
    },
    AccountServices,
  ],
  exports: [RESOLVED_AUTH_OPTIONS, USER_MODEL, Hash, PasswordPolicy],
})
export class AuthModule {
  /** @throws AuthOptionsError when `userModel` is no model of users, a key is missing, or a rate is none. */
  static forRoot({ userModel, hashers, isGlobal, ...options }: AuthOptions & AuthExtras): DynamicModule {
    return assemble(ConfigurableModuleClass.forRoot(options), { userModel, hashers, isGlobal });
  }

  /** The user model is given beside the factory: its tables must be known before any options are. */
  static forRootAsync({
    userModel,
    hashers,
    isGlobal,
    ...options
  }: ConfigurableModuleAsyncOptions<AuthOptions> & AuthExtras): DynamicModule {
    return assemble(ConfigurableModuleClass.forRootAsync(options), { userModel, hashers, isGlobal });
  }
}

function assemble(options: DynamicModule, { userModel, hashers = [], isGlobal = true }: AuthExtras): DynamicModule {
  const users = checkedModel(userModel);
  return {
    ...options,
    module: AuthModule,
    global: isGlobal,
    imports: [...(options.imports ?? []), CoreOrmModule.forFeature([users, ...MODELS])],
    providers: [
      ...(options.providers ?? []),
      { provide: USER_MODEL, useValue: users },
      ...hashers,
      hashProvider(hashers),
    ],
  };
}

function checkedModel(model: unknown): UserModel {
  if (isModel(model) && model.prototype instanceof AbstractBaseUser) return model as UserModel;
  throw new AuthOptionsError(
    `The userModel of AuthModule is ${typeof model === 'function' ? model.name : typeof model}, which is no model of users.`,
    'Pass a class that extends AbstractUser and is decorated with @Model().',
  );
}
