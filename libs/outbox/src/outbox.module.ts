import { CommonModule, HealthRegistry } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { CoreOrmModule, type Database, getDatabaseToken } from '@core-framework/orm';
import { type BeforeApplicationShutdown, type DynamicModule, Injectable, Module } from '@nestjs/common';
import { Inbox } from './inbox/inbox.js';
import { InboxMessage } from './inbox/inbox-message.model.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxMessage } from './outbox/outbox-message.model.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { OutboxService } from './outbox/outbox.service.js';
import { type OutboxOptions, resolveOutboxOptions } from './outbox.options.js';

/** Options of `OutboxModule.forRoot`. */
export interface OutboxModuleOptions extends OutboxOptions {
  /** The connection whose transactions messages belong to. @defaultValue 'default' */
  readonly connection?: string;
}

const OUTBOX_OPTIONS = Symbol.for('@core-framework/outbox:options');
const features = new Map<string, DynamicModule>();

/** Ends the relay while the database is still open. */
@Injectable()
class OutboxLifecycle implements BeforeApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly service: OutboxService,
    health: HealthRegistry,
  ) {
    health.register({ name: 'outbox', check: async () => ({ ...(await this.service.status()) }) });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

/**
 * Keeps the outbox and the inbox of one database. Packages that send messages import {@link OutboxModule.forConnection};
 * an application imports `forRoot` only to say how the relay works.
 */
@Module({})
export class OutboxModule {
  /** Says how the relay works. */
  static forRoot({ connection, ...options }: OutboxModuleOptions = {}): DynamicModule {
    return {
      module: OutboxOptionsModule,
      global: true,
      imports: [OutboxModule.forConnection(connection)],
      providers: [{ provide: OUTBOX_OPTIONS, useValue: options }],
      exports: [OUTBOX_OPTIONS],
    };
  }

  /** The outbox of a connection; one module however many import it. */
  static forConnection(connection = 'default'): DynamicModule {
    let feature = features.get(connection);
    if (!feature) features.set(connection, (feature = outboxOf(connection)));
    return feature;
  }
}

@Module({})
class OutboxOptionsModule {}

function outboxOf(connection: string): DynamicModule {
  const database = getDatabaseToken(connection);
  return {
    module: OutboxModule,
    imports: [CommonModule, CoreOrmModule.forFeature([OutboxMessage, InboxMessage], { connection })],
    providers: [
      { provide: Inbox, inject: [database], useFactory: (opened: Database) => new Inbox(opened) },
      {
        provide: OutboxRelay,
        inject: [database, Inbox, { token: OUTBOX_OPTIONS, optional: true }, { token: CoreSettings, optional: true }],
        useFactory: (opened: Database, inbox: Inbox, options: OutboxOptions = {}, settings?: CoreSettings) =>
          new OutboxRelay(opened, inbox, resolveOutboxOptions(options, settings)),
      },
      {
        provide: Outbox,
        inject: [database, OutboxRelay],
        useFactory: (opened: Database, relay: OutboxRelay) => new Outbox(opened, relay),
      },
      {
        provide: OutboxService,
        inject: [database, OutboxRelay],
        useFactory: (opened: Database, relay: OutboxRelay) => new OutboxService(opened, relay),
      },
      OutboxLifecycle,
    ],
    exports: [Inbox, Outbox, OutboxRelay, OutboxService],
  };
}
