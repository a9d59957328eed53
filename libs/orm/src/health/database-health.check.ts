import type { HealthCheck } from '@core-framework/common';
import { CompiledQuery } from 'kysely';
import type { Database } from '../context/database.js';

const PATIENCE_MS = 5000;

/** Asks the database something, to know that it answers. */
export class DatabaseHealthCheck implements HealthCheck {
  constructor(
    private readonly database: Database,
    readonly name: string,
  ) {}

  async check(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const started = performance.now();
    await Promise.race([
      this.database.kysely.executeQuery(CompiledQuery.raw('select 1')),
      rejectionOf(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])),
    ]);
    return { database: this.database.dialect, milliseconds: Math.round(performance.now() - started) };
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason instanceof Error ? signal.reason : new Error('The check was given up.'));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  return promise;
}
