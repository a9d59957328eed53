import { readFileSync } from 'node:fs';

/** The release of the framework that these generators belong to. */
const { version: RELEASE } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** What an application needs while it runs. */
export const DEPENDENCIES: Readonly<Record<string, string>> = {
  '@core-framework/common': RELEASE,
  '@core-framework/config': RELEASE,
  '@core-framework/orm': RELEASE,
  '@core-framework/platform': RELEASE,
  '@core-framework/viewset': RELEASE,
  '@faker-js/faker': '10.6.0',
  '@nestjs/platform-fastify': '12.5.0',
  'class-validator': '0.15.1',
  fastify: '5.12.8',
};

/** What its tests and generators need. */
export const DEVELOPMENT_DEPENDENCIES: Readonly<Record<string, string>> = {
  '@core-framework/cli': RELEASE,
  '@core-framework/schematics': RELEASE,
  '@core-framework/testing': RELEASE,
};

/** What accounts need beside that. */
export const ACCOUNT_DEPENDENCIES: Readonly<Record<string, string>> = {
  '@core-framework/auth': RELEASE,
  '@node-rs/argon2': '2.2.1',
};
