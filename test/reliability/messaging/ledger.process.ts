import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { LedgerApp } from './ledger.app.js';

/** A process of the ledger in the roles that `ROLES` names; ends on SIGTERM, or when the suite is gone. */
const roles = (process.env.ROLES ?? '').split(',');
const module = LedgerApp.with({
  env: process.env,
  consumers: roles.includes('consumer'),
  relay: roles.includes('relay'),
});
const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdin.resume().on('end', () => process.exit(1));
process.stdout.write('ready\n');
