import type { CoreSettings } from '@core-framework/config';
import type { DynamicModule, NestApplicationOptions } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

/** What an application may say to `CoreFactory` beyond its settings. */
export interface CoreFactoryOptions {
  /**
   * Title of the API documentation.
   * @defaultValue `APP_NAME`
   */
  readonly title?: string;
  /**
   * What the API documentation says the API is for; Markdown.
   * @defaultValue `DESCRIPTION`
   */
  readonly description?: string;
  /**
   * Version of the API documentation.
   * @defaultValue `APP_VERSION`
   */
  readonly version?: string;
  /**
   * Tells clients what went wrong on an unexpected error. Without effect in production.
   * @defaultValue `DEBUG`
   */
  readonly debug?: boolean;
  /**
   * Serves `/docs`, `/redoc` and `/openapi.json`.
   * @defaultValue `DOCS_ENABLED`
   */
  readonly docs?: boolean;
  /**
   * Takes the place of the logger that is made from `LOG_LEVEL` and `LOG_FORMAT`; `false` logs nothing.
   * A logger given here does its own redaction.
   */
  readonly logger?: Logger | false;
  /**
   * Settings that are there already, an instance of the class that the module names.
   * @defaultValue read from the environment
   */
  readonly settings?: CoreSettings;
  /**
   * Builds the Nest application from the root module; a testing module that replaces providers is built here.
   * @defaultValue `NestFactory.create`
   */
  readonly instantiate?: (
    root: DynamicModule,
    adapter: FastifyAdapter,
    options: NestApplicationOptions,
  ) => Promise<NestFastifyApplication>;
}

/** What the module of the platform may be told. */
export interface PlatformOptions {
  /**
   * Tells clients what went wrong on an unexpected error. Without effect in production.
   * @defaultValue `DEBUG`
   */
  readonly debug?: boolean;
}

/** Injection token of {@link PlatformOptions}. */
export const PLATFORM_OPTIONS = Symbol.for('@core-framework/platform:options');
