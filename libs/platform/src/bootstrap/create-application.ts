import {
  CommonModule,
  DocumentRegistry,
  isAssembledOnly,
  HealthRegistry,
  LocalFileStorage,
  OpenApiRegistry,
  Throttling,
  UnroutedRequestRegistry,
} from '@core-framework/common';
import { CoreSettings, SettingsModule, settingsClassOf, withSettings } from '@core-framework/config';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { registerDocsRoutes } from '../docs/docs.routes.js';
import { buildOpenApiDocument } from '../docs/openapi-document.js';
import { ErrorResponder } from '../errors/error-responder.js';
import { registerHealthRoutes } from '../health/health.routes.js';
import { ClientLimit } from '../http/client-limit.js';
import { installCompression } from '../http/compression.js';
import { CoreFastifyAdapter } from '../http/core-fastify.adapter.js';
import { corsByOrigin } from '../http/cors.js';
import { API_SECURITY_HEADERS } from '../http/security-headers.js';
import { throttleStoreOf } from '../http/throttle-store.js';
import { trustedProxies } from '../http/trusted-proxies.js';
import { createLogger } from '../logging/create-logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import { registerMediaRoutes } from '../media/media.routes.js';
import { PlatformModule } from '../platform.module.js';
import type { CoreFactoryOptions } from '../platform.options.js';
import { inputValidation } from '../validation/input-validation.js';
import { CoreRootModule } from './core-root.module.js';

/** The root module of an application. */
export type ApplicationModule = Type | DynamicModule;

/** Makes an application that is complete but does not listen yet; see `CoreFactory.create`. */
export async function createApplication(
  module: ApplicationModule,
  options: CoreFactoryOptions,
  settings: CoreSettings,
): Promise<NestFastifyApplication> {
  const logger =
    options.logger === false
      ? pino({ level: 'silent' })
      : (options.logger ?? createLogger({ level: settings.logLevel, format: settings.logFormat }));
  const adapter = new CoreFastifyAdapter({
    logger,
    trustProxy: trustedProxies(settings.trustProxy),
    bodyLimit: settings.maxUploadSize,
    slowRequestMs: settings.slowRequestMs,
    shutdownTimeoutMs: settings.shutdownTimeoutMs,
  });
  const throttleStore = isAssembledOnly() ? undefined : await throttleStoreOf(settings);
  const fastify = adapter.getInstance();
  await installCompression(fastify);

  const instantiate: NonNullable<CoreFactoryOptions['instantiate']> =
    options.instantiate ?? ((root, http, nest) => NestFactory.create<NestFastifyApplication>(root, http, nest));
  const app = await withSettings(settings, () =>
    instantiate(rootModule(module, options), adapter, {
      logger: new NestLogger(logger),
      bodyParser: false,
      abortOnError: false,
      routeConflictPolicy: { duplicate: 'error' },
      cors: corsByOrigin(settings.backendCorsOrigins, settings.corsAllowCredentials),
    }),
  );
  if (throttleStore) app.get(Throttling).use(throttleStore);
  app.setGlobalPrefix(settings.apiPrefix);
  app.useGlobalPipes(inputValidation());
  app.useSecurityHeaders(API_SECURITY_HEADERS);
  adapter.connect({ responder: app.get(ErrorResponder), unrouted: app.get(UnroutedRequestRegistry) });

  const bases = settings.apiPrefix === '' ? [''] : ['', settings.apiPrefix];
  registerHealthRoutes(fastify, { registry: app.get(HealthRegistry), drain: adapter.drain, settings, bases });
  if (settings.mediaServed && settings.mediaUrl.startsWith('/')) {
    const { root } = new LocalFileStorage({ root: settings.mediaRoot, baseUrl: settings.mediaUrl });
    registerMediaRoutes(fastify, { root, path: settings.mediaUrl });
  }
  if (options.docs ?? settings.docsEnabled) {
    const info = {
      title: options.title ?? settings.appName,
      description: options.description ?? settings.description,
      version: options.version ?? settings.appVersion,
    };
    registerDocsRoutes(fastify, {
      title: info.title,
      bases,
      document: () => buildOpenApiDocument(app, app.get(OpenApiRegistry), info, app.get(ErrorResponder).renderer),
      others: new Map(app.get(DocumentRegistry).documents.map(({ path, make }) => [path, () => make(info)] as const)),
    });
  }
  return app;
}

function rootModule(module: ApplicationModule, { debug }: CoreFactoryOptions): DynamicModule {
  // A class of its own stands in the application's imports; the default may be missing there.
  const settings = settingsClassOf(module) === CoreSettings ? [SettingsModule.forRoot()] : [];
  return {
    module: CoreRootModule,
    imports: [CommonModule, ...settings, PlatformModule.forRoot({ debug }), module],
    providers: [ClientLimit],
  };
}
