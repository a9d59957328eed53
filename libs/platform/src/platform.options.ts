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
