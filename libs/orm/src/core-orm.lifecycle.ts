import { BootReportRegistry, HealthRegistry, RequestContext } from '@core-framework/common';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DEFAULT_CONNECTION } from './context/connection-name.js';
import type { Database } from './context/database.js';
import { DatabaseHealthCheck } from './health/database-health.check.js';

/** The database of the connection that a module opens. */
export const CONNECTION_DATABASE = Symbol.for('@core-framework/orm:connection-database');

/** Ties the database to the application's life: announces it, gives it to requests, closes it at the very end. */
@Injectable()
export class CoreOrmLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(CONNECTION_DATABASE) private readonly database: Database,
    private readonly health: HealthRegistry,
    private readonly report: BootReportRegistry,
    @Optional() private readonly host?: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const { name, description } = this.database;
    const suffix = name === DEFAULT_CONNECTION ? '' : `:${name}`;
    this.health.register(new DatabaseHealthCheck(this.database, `db${suffix}`));
    this.report.set(`Database${suffix}`, description);
    const adapter = this.host?.httpAdapter;
    if (adapter?.getType() !== 'fastify') return;
    // After CommonModule's hook, which makes the context, and before routes are registered.
    adapter.getInstance<FastifyInstance>().addHook('onRequest', (_request, _reply, done) => {
      const context = RequestContext.current();
      if (context) this.database.connections.bindTo(context);
      done();
    });
  }

  /** Nest calls this after the server has answered its last request. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
