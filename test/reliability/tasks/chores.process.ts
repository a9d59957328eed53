import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { NestFactory } from '@nestjs/core';
import { keptMemory } from '../kept-memory.js';
import { ChoresApp } from './chores.app.js';

// The clock of a machine that goes wrong: whoever asks for the time is told another one. Timers run as they do.
const skew = Number(process.env.SKEW_MS ?? 0);
if (skew !== 0) {
  const now = Date.now.bind(Date);
  globalThis.Date = new Proxy(Date, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now() + skew] : given) as object,
    get: (target, key) => (key === 'now' ? () => now() + skew : Reflect.get(target, key)),
  });
}

/** A process in the roles that `ROLES` names; tells its memory when asked, ends on SIGTERM, or when the suite is gone. */
const module = ChoresApp.with({ env: process.env, roles: (process.env.ROLES ?? '').split(',') });
const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
createInterface({ input: process.stdin })
  .on('line', (word) => process.stdout.write(`${word} ${keptMemory()}\n`))
  .on('close', () => process.exit(1));
process.stdout.write('ready\n');
