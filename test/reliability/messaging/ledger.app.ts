import { CoreSettings, SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { OutboxModule } from '@core-framework/outbox';
import { Consumer, type CoreEvent, MessagingModule, OnEvent } from '@core-framework/messaging';
import { type DynamicModule, Module } from '@nestjs/common';

/** What was done, once per row: two rows of one name are an effect that came about twice. */
@Model({ tableName: 'effects', indexes: [['name']] })
export class Effect extends BaseModel {
  declare static readonly objects: Manager<Effect>;

  @Field.string() name!: string;
}

/** A piece of work, as an event tells of it. */
export interface Job {
  /** That of its event. */
  readonly id: string;
  readonly name: string;
  /** What is wrong with it: it fails each time, or the first time, or whoever tries it dies. */
  readonly poison?: 'throws' | 'throws-once' | 'kills';
}

export const GROUP = 'ledger';
export const JOB_EVENT = 'job.given';
/** How often a job is tried again. */
export const RETRY = 2;

const { TOPIC = 'jobs', WORK_MS = '0', CONCURRENCY = '16' } = process.env;

/** Notes what was done in the transaction of the event, and says on standard output what is begun. */
@Consumer(GROUP, {
  topics: [TOPIC],
  retry: RETRY,
  retryDelayMs: 50,
  concurrency: Number(CONCURRENCY),
  prefetch: Number(process.env.PREFETCH ?? 32),
})
class LedgerConsumer {
  @OnEvent(JOB_EVENT)
  async onJob({ data: { name, poison }, attempt }: CoreEvent<Job>): Promise<void> {
    process.stdout.write(`begun ${name}\n`);
    if (poison === 'throws' || (poison === 'throws-once' && attempt === 1)) throw new Error('This job is poison.');
    if (poison === 'kills') process.kill(process.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, Number(WORK_MS)));
    await Effect.objects.create({ name });
  }
}

/** Which roles a process has, and where it finds its servers. */
export interface LedgerParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly consumers: boolean;
  readonly relay: boolean;
  readonly schema?: 'update' | 'none';
}

@Module({})
export class LedgerApp {
  /** Reads its settings from `env` alone. */
  static with({ env, schema = 'none', consumers, relay }: LedgerParts): DynamicModule {
    return {
      module: LedgerApp,
      imports: [
        SettingsModule.forRoot(CoreSettings, { env, envFile: false }),
        CoreOrmModule.forRoot({ schema }),
        CoreOrmModule.forFeature([Effect]),
        OutboxModule.forRoot({ leaseMs: 2000 }),
        MessagingModule.forRoot({ consumers, relay }),
        MessagingModule.forFeature([LedgerConsumer]),
      ],
    };
  }
}
