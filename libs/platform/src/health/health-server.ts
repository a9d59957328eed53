import type { HealthRegistry } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';
import { fastify, type FastifyInstance } from 'fastify';
import { originOf } from '../bootstrap/boot-report.js';
import { listenOn } from '../bootstrap/listen-on.js';
import { registerHealthRoutes } from './health.routes.js';

/** Answers below `/health` for a process that serves nothing else. */
export class HealthServer {
  private constructor(
    private readonly server: FastifyInstance,
    private readonly state: { draining: boolean },
    /** Where it says whether the process is ready. */
    readonly address: string,
  ) {}

  /** Listens on `HOST` and `HEALTH_PORT`; does nothing when no port is set. @throws PortInUseError, CannotListenError */
  static async start(registry: HealthRegistry, settings: CoreSettings): Promise<HealthServer | undefined> {
    const { host, healthPort: port } = settings;
    if (port === undefined) return undefined;
    const server = fastify();
    const state = { draining: false };
    registerHealthRoutes(server, { registry, drain: state, settings, bases: [''], isBackground: true });
    await listenOn({ host, port }, () => server.listen({ host, port }));
    return new HealthServer(server, state, `${originOf(server.server, { host, port })}/health/ready`);
  }

  /** Answers from now on that the process ends. */
  drain(): void {
    this.state.draining = true;
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
