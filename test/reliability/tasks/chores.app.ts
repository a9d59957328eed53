import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { PeriodicTask, Task, TaskContext, TasksModule } from '@core-framework/tasks';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';

/** What was done, once per row: two rows of one name are an effect that came about twice. */
@Model({ tableName: 'effects', indexes: [['name']] })
export class Effect extends BaseModel {
  declare static readonly objects: Manager<Effect>;

  @Field.string() name!: string;
}

const { WORK_MS = '0' } = process.env;
const begun = (name: string) => process.stdout.write(`begun ${name}\n`);

/** What the workers of a suite can do. */
@Injectable()
class Chores {
  @Task({ name: 'once', queue: 'chores' })
  async once(name: string, context?: TaskContext): Promise<void> {
    begun(name);
    await new Promise((resolve, reject) => {
      setTimeout(resolve, Number(WORK_MS));
      context?.signal.addEventListener('abort', reject);
    });
    await context?.once(() => Effect.objects.create({ name }));
  }

  /** Kills whoever runs it. */
  @Task({ name: 'deadly', queue: 'chores' })
  async deadly(): Promise<void> {
    begun('deadly');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }

  /** Lets nothing else in the process happen for a while. */
  @Task({ name: 'block', queue: 'chores', retry: 0 })
  async block(name: string, milliseconds: number, context?: TaskContext): Promise<void> {
    begun(name);
    const end = Date.now() + (process.env.BLOCKS === 'yes' ? milliseconds : 0);
    while (Date.now() < end);
    await context?.once(() => Effect.objects.create({ name }));
  }

  /** Takes for ever the first time, until it is told that its time is up. */
  @Task({ name: 'heed', queue: 'chores', timeout: '500ms', retry: 1, retryDelay: '10ms' })
  async heed(name: string, context?: TaskContext): Promise<void> {
    begun(name);
    if (context?.attempt === 1) {
      await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('stopped'))));
    }
    await context?.once(() => Effect.objects.create({ name }));
  }

  /** Does not care that its time is up. */
  @Task({ name: 'ignore', queue: 'chores', timeout: '500ms', grace: '200ms', retry: 0 })
  async ignore(name: string): Promise<string> {
    begun(name);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    process.stdout.write(`late ${name}\n`);
    return 'late';
  }

  @PeriodicTask({ name: 'tick', queue: 'ticks', interval: 1 })
  async tick(context?: TaskContext): Promise<void> {
    await Effect.objects.create({ name: `slot ${context?.slot?.toISOString()}` });
  }
}

/** A task that only newer workers know. */
@Injectable()
class NewChores {
  @Task({ name: 'novelty', queue: 'chores' })
  async novelty(name: string, context?: TaskContext): Promise<void> {
    begun(name);
    await context?.once(() => Effect.objects.create({ name }));
  }
}

/** Which roles a process has, and where it finds its servers. */
export interface ChoresParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly roles: readonly string[];
  readonly schema?: 'update' | 'none';
}

@Module({})
export class ChoresApp {
  /** Reads its settings from `env` alone. */
  static with({ env, roles, schema = 'none' }: ChoresParts): DynamicModule {
    return {
      module: ChoresApp,
      imports: [
        SettingsModule.forRoot(CoreSettings, { env, envFile: false }),
        CoreOrmModule.forRoot({ schema }),
        CoreOrmModule.forFeature([Effect]),
        TasksModule.forRoot({
          worker: roles.includes('worker') && { queues: ['chores', 'ticks'] },
          scheduler: roles.includes('scheduler'),
          ...(env.LEASE_MS && { lease: `${Number(env.LEASE_MS)}ms` }),
        }),
      ],
      providers: roles.includes('old') ? [Chores] : [Chores, NewChores],
    };
  }
}
