import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { HealthRegistry } from '@core-framework/common';
import { NestFactory } from '@nestjs/core';
import { keptMemory } from '../kept-memory.js';
import { GROUP, LedgerApp } from './ledger.app.js';

/** A process of the ledger in the roles that `ROLES` names; tells its lag and memory, ends on SIGTERM, or when the suite is gone. */
const roles = (process.env.ROLES ?? '').split(',');
const module = LedgerApp.with({
  env: process.env,
  consumers: roles.includes('consumer'),
  relay: roles.includes('relay'),
});
const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
createInterface({ input: process.stdin })
  .on('line', (word) => void tell(word))
  .on('close', () => process.exit(1));
process.stdout.write('ready\n');

async function tell(word: string): Promise<void> {
  if (word === 'memory') {
    process.stdout.write(`${word} ${keptMemory()}\n`);
    return;
  }
  const check = app.get(HealthRegistry).checks.find(({ name }) => name === 'consumers');
  const facts = (await check?.check(AbortSignal.timeout(10_000))) as Record<string, { lag: number }> | undefined;
  process.stdout.write(`${word} ${facts?.[GROUP]?.lag ?? 0}\n`);
}
