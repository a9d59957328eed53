/** The framework's packages are released together. */
export const FRAMEWORK_VERSION = '0.1.0';

/** Releases that work with each other, as the framework's own tests run with them. */
export const VERSIONS = {
  '@electric-sql/pglite': '0.5.16',
  '@faker-js/faker': '10.6.0',
  '@jest/globals': '30.5.2',
  '@mikro-orm/mariadb': '7.2.1',
  '@nestjs/cli': '12.0.8',
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-fastify': '12.5.0',
  '@node-rs/argon2': '2.2.1',
  '@platformatic/kafka': '2.12.1',
  '@swc/core': '1.16.22',
  '@swc/jest': '0.2.39',
  '@types/node': '24.19.2',
  amqplib: '2.3.1',
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  fastify: '5.12.8',
  ioredis: '6.0.0',
  jest: '30.5.2',
  mysql2: '3.24.4',
  oxlint: '1.94.0',
  prettier: '3.10.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  typescript: '6.0.3',
} as const;

/** A package of others that projects may have. */
export type VersionedPackage = keyof typeof VERSIONS;
