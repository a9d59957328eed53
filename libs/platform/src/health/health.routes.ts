import type { HealthCheck, HealthRegistry } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ANSWERS_WHILE_DRAINING } from '../http/core-fastify.adapter.js';
import type { RequestDrain } from '../http/request-drain.js';

/** What the health routes look at. */
export interface HealthRoutesOptions {
  readonly registry: HealthRegistry;
  readonly drain: Readonly<Pick<RequestDrain, 'draining'>>;
  readonly settings: Pick<CoreSettings, 'appName' | 'appVersion' | 'environment' | 'isProduction'>;
  /** Paths in front of `/health`: the root and the prefix of the API. */
  readonly bases: readonly string[];
  /** Whether the process is there for what others do beside requests. @defaultValue false */
  readonly isBackground?: boolean;
}

interface CheckResult {
  readonly name: string;
  readonly status: 'ok' | 'error';
  readonly [fact: string]: unknown;
}

const CHECK_TIMEOUT_MS = 3000;

/**
 * Serves the health addresses, straight on Fastify: open whatever guards the application has.
 *
 * `/health` and `/health/live` say that the process answers; `/health/ready` and `/health/<check>` are 503 while a
 * check fails or the application shuts down. What serves requests is ready without what works beside them.
 */
export function registerHealthRoutes(
  fastify: FastifyInstance,
  { registry, drain, settings, bases, isBackground = false }: HealthRoutesOptions,
): void {
  const logger = new Logger('Health');
  const startedAt = Date.now();
  const options = { config: { [ANSWERS_WHILE_DRAINING]: true } };

  const answer = (reply: FastifyReply, healthy: boolean, body: object): FastifyReply =>
    reply
      .code(healthy ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(body);

  const run = async (check: HealthCheck): Promise<CheckResult> => {
    try {
      const found = await withTimeout(check);
      return { name: check.name, ...(!settings.isProduction && found), status: 'ok' };
    } catch (error) {
      // The reason is for operators: it may name hosts, and this address is open.
      logger.warn(`The health check "${check.name}" failed: ${error instanceof Error ? error.message : String(error)}`);
      return { name: check.name, status: 'error' };
    }
  };

  const about = () => ({
    name: settings.appName,
    version: settings.appVersion,
    environment: settings.environment,
    uptime: Math.floor((Date.now() - startedAt) / 1000),
    node: process.versions.node,
  });

  for (const base of bases) {
    fastify.get(`${base}/health`, options, (_request, reply) => answer(reply, true, { status: 'ok' }));
    fastify.get(`${base}/health/live`, options, (_request, reply) => answer(reply, true, { status: 'ok' }));

    fastify.get(`${base}/health/ready`, options, async (_request, reply) => {
      if (drain.draining) return answer(reply, false, { status: 'shutting down', checks: {} });
      const { checks: known } = registry;
      const results = await Promise.all(known.map(run));
      const isNeeded = (index: number) => isBackground || !known[index]?.background;
      const ready = results.every(({ status }, index) => status === 'ok' || !isNeeded(index)) && !drain.draining;
      const checks = Object.fromEntries(results.map(({ name, ...result }) => [name, result]));
      return answer(reply, ready, { status: ready ? 'ok' : 'error', checks });
    });

    fastify.get(`${base}/health/info`, options, (_request, reply) =>
      answer(reply, true, {
        status: 'ok',
        // Where anybody may ask, nobody is told what to look for.
        ...(!settings.isProduction && about()),
      }),
    );

    fastify.get<{ Params: { check: string } }>(`${base}/health/:check`, options, async (request, reply) => {
      const check = registry.checks.find(({ name }) => name === request.params.check);
      if (!check) return reply.callNotFound();
      const { name: _, ...result } = await run(check);
      return answer(reply, result.status === 'ok', result);
    });
  }
}

async function withTimeout(check: HealthCheck): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`It did not answer within ${CHECK_TIMEOUT_MS} ms.`)));
  });
  return Promise.race([check.check(signal), late]);
}
