import { AUTHENTICATOR, type Clock, CLOCK, CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { AUTH_BACKENDS, type AuthBackend } from '../authentication/auth-backend.js';
import { checkBackends } from '../checks/option-classes.js';
import { AuthBackends } from '../authentication/auth-backends.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { CallerForwarding } from './caller-forwarding.js';
import {
  RESOLVED_RESOURCE_SERVER_OPTIONS,
  type ResolvedResourceServerOptions,
  resolveResourceServerOptions,
  RESOURCE_SERVER_OPTIONS,
  type ResourceServerExtras,
  type ResourceServerOptions,
} from './resource-server.options.js';
import { ResourceTokenBackend } from './resource-token.backend.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ResourceServerOptions>({
  optionsInjectionToken: RESOURCE_SERVER_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** What `AuthModule.forResourceServer()` makes: callers by the tokens of another service, without users and tables. */
@Module({
  imports: [CommonModule],
  providers: [
    {
      provide: RESOLVED_RESOURCE_SERVER_OPTIONS,
      inject: [RESOURCE_SERVER_OPTIONS, { token: CoreSettings, optional: true }],
      useFactory: resolveResourceServerOptions,
    },
    {
      provide: AccessTokenVerifier,
      inject: [RESOLVED_RESOURCE_SERVER_OPTIONS, CLOCK],
      useFactory: (options: ResolvedResourceServerOptions, clock: Clock) => new AccessTokenVerifier(options, clock),
    },
    ResourceTokenBackend,
    CallerForwarding,
    AuthBackends,
    { provide: AUTHENTICATOR, useExisting: AuthBackends },
  ],
  exports: [RESOLVED_RESOURCE_SERVER_OPTIONS, AccessTokenVerifier, CallerForwarding, AuthBackends, AUTHENTICATOR],
})
export class ResourceServerModule {
  static forRoot({ backends, isGlobal, ...options }: ResourceServerOptions & ResourceServerExtras): DynamicModule {
    return assemble(ConfigurableModuleClass.forRoot(options), { backends, isGlobal });
  }

  static forRootAsync({
    backends,
    isGlobal,
    ...options
  }: ConfigurableModuleAsyncOptions<ResourceServerOptions> & ResourceServerExtras): DynamicModule {
    return assemble(ConfigurableModuleClass.forRootAsync(options), { backends, isGlobal });
  }
}

function assemble(options: DynamicModule, { backends = [], isGlobal = true }: ResourceServerExtras): DynamicModule {
  checkBackends(backends);
  return {
    ...options,
    module: ResourceServerModule,
    global: isGlobal,
    providers: [
      ...(options.providers ?? []),
      ...backends,
      {
        provide: AUTH_BACKENDS,
        inject: [ResourceTokenBackend, ...backends],
        useFactory: (...all: AuthBackend[]) => Object.freeze(all),
      },
    ],
  };
}
