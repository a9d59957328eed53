import { afterEach, describe, expect, test } from '@jest/globals';
import { CommonModule } from '@core-framework/common';
import {
  atomic,
  Atomic,
  BaseModel,
  CoreOrmModule,
  DATABASE,
  type Database,
  Field,
  type Manager,
  Model,
  runInContext,
  type SqlEntityManager,
} from '@core-framework/orm';
import { OutboxRelay } from '@core-framework/outbox';
import {
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplicationContext,
  Injectable,
  Module,
  ParseIntPipe,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsEmail, IsInt } from 'class-validator';
import { MemoryBroker } from './brokers/memory.broker.js';
import { Consumer } from './decorators/consumer.decorator.js';
import { Event } from './decorators/event.decorator.js';
import { EventData } from './decorators/event-parameters.js';
import { OnEvent } from './decorators/on-event.decorator.js';
import { PermanentEventError } from './errors/messaging.errors.js';
import { EventBus } from './event-bus.js';
import type { CoreEvent } from './events/core-event.js';
import { MessagingModule } from './messaging.module.js';
import type { MessagingOptions } from './messaging.options.js';

@Model()
class Effect extends BaseModel {
  declare static readonly objects: Manager<Effect>;
  @Field.string() name!: string;
}

class UserCreated {
  @IsInt() id!: number;
  @IsEmail() email!: string;
}

const seen: CoreEvent[] = [];
let failures = 0;

@Injectable()
class OnlyEvents implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.getType<string>() === 'event' && context.getArgByIndex<CoreEvent>(0).headers['refused'] === undefined
    );
  }
}

class Forgivable extends Error {}

@Catch(Forgivable)
class Forgiving implements ExceptionFilter {
  catch(): string {
    return 'forgiven';
  }
}

@Consumer('orders', { topics: ['users', 'numbers'], retryDelayMs: 1 })
class Orders {
  @OnEvent('user.created', { payload: UserCreated })
  @UseGuards(OnlyEvents)
  async onCreated(event: CoreEvent<UserCreated>, em: SqlEntityManager): Promise<void> {
    if (!em.isInTransaction()) throw new PermanentEventError('There is no transaction.');
    seen.push(event);
    await Effect.objects.create({ name: `created ${event.data.id}` });
    if (failures-- > 0) throw new Error('not now');
  }

  @OnEvent('user.*')
  async onAny({ name }: CoreEvent): Promise<void> {
    await Effect.objects.create({ name: `any ${name}` });
  }

  @OnEvent('user.hopeless')
  async onHopeless(): Promise<void> {
    throw new PermanentEventError('It will never work.');
  }

  @OnEvent('user.forgiven')
  @UseFilters(Forgiving)
  async onForgiven(): Promise<void> {
    throw new Forgivable();
  }

  @OnEvent('number.told')
  async onNumber(@EventData(ParseIntPipe) number: number): Promise<void> {
    await Effect.objects.create({ name: `number ${typeof number} ${number}` });
  }
}

@Injectable()
class Users {
  @Atomic()
  @Event('user.created', {
    topic: 'users',
    key: ({ id }: { id: number }) => id,
    when: ({ id }: { id: number }) => id > 0,
  })
  async register(id: number, fail = false): Promise<{ id: number; email: string }> {
    if (fail) throw new Error('given up');
    return { id, email: `${id}@example.com` };
  }
}

@Injectable()
class Local {
  readonly heard: string[] = [];

  @OnEvent('user.**')
  onUser({ name, data }: CoreEvent): void {
    this.heard.push(`${name} ${JSON.stringify(data)}`);
  }
}

const apps: INestApplicationContext[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  seen.length = 0;
  failures = 0;
});

async function start(providers: readonly Type<object>[] = [Orders, Users, Local], options: MessagingOptions = {}) {
  const broker = new MemoryBroker();
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update', models: [Effect] }),
      MessagingModule.forRoot({ broker, ...options }),
      MessagingModule.forFeature(providers),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  const database = app.get<Database>(DATABASE);
  const run = <T>(work: () => Promise<T>) => runInContext(work, { database });
  const effects = () => run(() => Effect.objects.orderBy('id').pluck('name'));
  const settled = async (condition: () => Promise<boolean> | boolean) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { app, broker, bus: app.get(EventBus), database, run, effects, settled };
}

const ORDERS = { group: 'orders', topic: 'users' };

describe('events', () => {
  test('of a method reach consumers and listeners, with its result, once its transaction has committed', async () => {
    const { app, run, effects, settled } = await start();
    const users = app.get(Users);
    await run(() => users.register(7));
    await expect(run(() => users.register(8, true))).rejects.toThrow('given up');
    await run(() => users.register(-1));
    await settled(async () => (await effects()).length === 2);
    expect(await effects()).toEqual(['created 7', 'any user.created']);
    expect(seen[0]).toMatchObject({ name: 'user.created', topic: 'users', key: '7', attempt: 1, source: 'my-app' });
    expect(seen[0]?.data).toBeInstanceOf(UserCreated);
    expect(app.get(Local).heard).toEqual(['user.created {"id":7,"email":"7@example.com"}']);
  });

  test('have keys that every database and broker takes, whatever they are made of', async () => {
    const { bus, settled } = await start();
    const data = { id: 1, email: 'a@b.example' };
    await bus.publish('user.created', data, { topic: 'users', key: 'x'.repeat(300) });
    await settled(() => seen.length === 1);
    expect(seen[0]?.key).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('that are published in a transaction that rolls back are not', async () => {
    const { app, bus, run, effects } = await start();
    const work = run(() =>
      atomic(async () => {
        await bus.publish('user.updated', { id: 1 }, { topic: 'users' });
        throw new Error('given up');
      }),
    );
    await expect(work).rejects.toThrow('given up');
    expect([await app.get(OutboxRelay).flush(), await effects(), app.get(Local).heard]).toEqual([0, [], []]);
  });

  test('that fail leave nothing behind and are handled again', async () => {
    const { app, run, effects, settled } = await start();
    failures = 2;
    await run(() => app.get(Users).register(7));
    await settled(async () => (await effects()).length === 2);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(await effects()).toEqual(['created 7', 'any user.created']);
  });

  test('that fail every time end in the dead letters, and can be replayed', async () => {
    const { app, broker, run, effects, settled } = await start();
    failures = 4;
    await run(() => app.get(Users).register(7));
    await settled(async () => (await broker.deadLetters(ORDERS, 10)).length === 1);
    expect(await broker.deadLetters(ORDERS, 10)).toMatchObject([{ reason: 'Error: not now', attempt: 4 }]);
    expect(await effects()).toEqual([]);
    await broker.replay(ORDERS);
    await settled(async () => (await effects()).length === 2);
  });

  test('that come twice have one effect', async () => {
    const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
    const { broker, bus, effects, settled, run } = await start();
    await bus.publish('user.created', { id: 1, email: 'a@example.com' }, { topic: 'users', id: ID });
    const message = { id: ID, type: 'user.created', source: 'x', time: new Date().toISOString(), headers: {} };
    for (let again = 0; again < 3; again++) {
      await broker.publish('users', [{ ...message, data: '{"id":1,"email":"a@example.com"}' }]);
    }
    await run(() => bus.publish('user.last', {}, { topic: 'users' }));
    await settled(async () => (await effects()).includes('any user.last'));
    expect((await effects()).filter((name) => name === 'created 1')).toEqual(['created 1']);
  });

  test('whose data is invalid, which a guard refuses or which are hopeless are not tried again', async () => {
    const { broker, bus, settled } = await start();
    await bus.publish('user.created', { id: 'x', email: 'no' }, { topic: 'users' });
    await bus.publish('user.hopeless', {}, { topic: 'users' });
    await settled(async () => (await broker.deadLetters(ORDERS, 10)).length === 2);
    const letters = await broker.deadLetters(ORDERS, 10);
    expect(letters.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(letters.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^InvalidPayloadError: .*email: email must be an email/),
      'PermanentEventError: It will never work.',
    ]);
  });

  test('go through guards, filters and pipes', async () => {
    const { broker, bus, effects, settled } = await start();
    await bus.publish('user.created', { id: 1, email: 'a@b.cd' }, { topic: 'users', headers: { refused: 'yes' } });
    await bus.publish('user.forgiven', {}, { topic: 'users' });
    await bus.publish('number.told', '42', { topic: 'numbers' });
    await settled(async () => (await broker.deadLetters(ORDERS, 10)).length === 1);
    expect(await broker.deadLetters(ORDERS, 10)).toMatchObject([{ reason: expect.stringContaining('Forbidden') }]);
    await settled(async () => (await effects()).length === 2);
    expect((await effects()).toSorted()).toEqual(['any user.forgiven', 'number number 42']);
  });

  test('are told to functions and subscribers, within the process', async () => {
    const { bus, run } = await start([]);
    const heard: string[] = [];
    const stop = bus.listen<number>('*.counted', ({ name, data }) => heard.push(`${name} ${data}`));
    bus.subscribe({ subscribe: (events) => void events.listen('thing.**', ({ name }) => heard.push(name)) });
    await bus.dispatch('thing.counted', 1);
    await run(() =>
      atomic(async () => {
        await bus.dispatch('thing.really.done');
        expect(heard).toHaveLength(2);
      }),
    );
    stop();
    await bus.dispatch('other.counted', 2);
    expect(heard).toEqual(['thing.counted 1', 'thing.counted', 'thing.really.done']);
    bus.listen('it.fails', () => Promise.reject(new Error('broken')));
    await expect(bus.dispatch('it.fails')).rejects.toThrow('broken');
    await run(() => bus.publish('it.fails', {}));
  });

  test('are told what is no JSON, too, and nobody else is', async () => {
    const { bus } = await start([]);
    const heard: unknown[] = [];
    bus.listen('thing.*', ({ data }) => heard.push(data));
    const circular: { self?: object } = {};
    circular.self = circular;
    await bus.dispatch('thing.told', circular);
    expect(heard).toEqual([circular]);
    for (const data of [circular, () => 1, Symbol('no')]) {
      await expect(bus.publish('thing.told', data)).rejects.toMatchObject({
        code: 'MESSAGING_INVALID_PAYLOAD',
        message: expect.stringContaining('"thing.told"'),
      });
    }
  });

  test('are told from where nothing is injected, whether an application runs or not', async () => {
    const heard: string[] = [];
    const stops = [Event.listen<number>('*.counted', ({ name, data }) => heard.push(`${name} ${data}`))];
    Event.subscribe({
      subscribe: (events) => void stops.push(events.listen('thing.**', ({ name }) => heard.push(name))),
    });
    await Event.dispatch('thing.counted', 1);
    expect(heard).toEqual(['thing.counted 1', 'thing.counted']);
    await expect(Event.dispatch('NoName')).rejects.toMatchObject({ code: 'MESSAGING_INVALID_NAME' });

    const [one, other] = [await start([]), await start([])];
    one.bus.listen('thing.counted', () => heard.push('one'));
    other.bus.listen('thing.counted', () => heard.push('other'));
    await expect(Event.dispatch('thing.counted')).rejects.toMatchObject({ code: 'ORM_UNKNOWN_DATABASE' });
    heard.length = 0;
    await one.run(() =>
      atomic(async () => {
        await Event.dispatch('thing.counted', 2);
        expect(heard).toEqual([]);
      }),
    );
    expect(heard).toEqual(['one', 'thing.counted 2', 'thing.counted']);
    await one.bus.dispatch('other.counted', 3);
    for (const stop of stops) stop();
    await one.bus.dispatch('other.counted', 4);
    expect(heard.slice(3)).toEqual(['other.counted 3']);
  });

  test('go straight to the broker without an outbox, after the commit', async () => {
    const { app, bus, effects, run, settled } = await start([Orders], { outbox: false });
    await run(() =>
      atomic(async () => {
        await bus.publish('user.updated', {}, { topic: 'users' });
      }),
    );
    await settled(async () => (await effects()).length === 1);
    expect(await app.get(OutboxRelay).flush()).toBe(0);
  });

  test('wait for nobody when the application ends, and what is in work is finished', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    let finished = false;
    @Consumer('slow', { topics: ['t'] })
    class Slow {
      @OnEvent('work.given')
      async onWork(): Promise<void> {
        begun.resolve();
        await finish.promise;
        finished = true;
      }
    }
    const { app, bus } = await start([Slow]);
    await bus.publish('work.given', {}, { topic: 't' });
    await begun.promise;
    const closed = app.close();
    finish.resolve();
    await closed;
    expect(finished).toBe(true);
  });
});

test('what no application knows of publishes nothing, and says so where one is at work', async () => {
  const { run } = await start([Orders, Local]);
  const users = new Users();
  await expect(run(() => users.register(7))).rejects.toMatchObject({
    code: 'MESSAGING_INVALID_CONSUMER',
    message: expect.stringContaining('Users emits "user.created"'),
  });
});

describe('the application does not start', () => {
  test('when a method emits outside of a transaction', async () => {
    @Injectable()
    class Loose {
      @Event('user.created')
      async register(): Promise<void> {}
    }
    await expect(start([Loose])).rejects.toMatchObject({ code: 'MESSAGING_EVENT_OUTSIDE_TRANSACTION' });
    expect(() => {
      class WrongWay {
        @Event('user.created')
        @Atomic()
        async register(): Promise<void> {}
      }
      return WrongWay;
    }).toThrow(expect.objectContaining({ code: 'MESSAGING_EVENT_OUTSIDE_TRANSACTION' }));
  });

  test('when a consumer handles nothing', async () => {
    @Consumer('empty', { topics: ['t'] })
    class Empty {}
    await expect(start([Empty])).rejects.toMatchObject({ code: 'MESSAGING_INVALID_CONSUMER' });
  });

  test('when consumers of one group say different things of it', async () => {
    @Consumer('g', { topics: ['t'], retry: 1 })
    class One {
      @OnEvent('a.b')
      on(): void {}
    }
    @Consumer('g', { topics: ['u'], retry: 5 })
    class Other {
      @OnEvent('a.c')
      on(): void {}
    }
    await expect(start([One, Other])).rejects.toMatchObject({
      code: 'MESSAGING_INVALID_CONSUMER',
      message: 'Consumers of the group "g" say different things of its retry: 1 and 5.',
    });
  });

  test('when a class has no rules by which data could be checked', async () => {
    class Bare {
      id!: number;
    }
    @Consumer('g', { topics: ['t'] })
    class Handling {
      @OnEvent('a.b', { payload: Bare })
      on(): void {}
    }
    @Injectable()
    class Emitting {
      @Atomic()
      @Event('a.b', { payload: Bare })
      async emit(): Promise<void> {}
    }
    const problem = { code: 'MESSAGING_INVALID_CONSUMER', message: expect.stringContaining('Bare has no rules') };
    await expect(start([Handling])).rejects.toMatchObject(problem);
    await expect(start([Emitting])).rejects.toMatchObject(problem);
  });

  test('when forFeature() is given a class that takes no part, or is alone', async () => {
    class Forgotten {
      on(): void {}
    }
    await expect(async () => start([Forgotten])).rejects.toMatchObject({
      code: 'MESSAGING_INVALID_CONSUMER',
      message: expect.stringContaining('Forgotten'),
    });
    @Module({ imports: [MessagingModule.forFeature([Orders])] })
    class AppModule {}
    await expect(
      NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false }),
    ).rejects.toMatchObject({ code: 'MESSAGING_INVALID_CONSUMER', fix: expect.stringContaining('forRoot()') });
  });

  test('when its events would come from nobody', async () => {
    await expect(start([], { source: '' })).rejects.toMatchObject({ code: 'MESSAGING_INVALID_NAME' });
  });

  test('when the broker has no known name', async () => {
    await expect(start([], { broker: 'pigeon' })).rejects.toMatchObject({ code: 'MESSAGING_BROKER_CHOICE' });
  });
});

test.each(['userCreated', 'ORDER_CREATED', 'user', 'user.', 'user..created'])('"%s" is no name of an event', (name) => {
  expect(() => Event(name)).toThrow(expect.objectContaining({ code: 'MESSAGING_INVALID_NAME' }));
  expect(() => OnEvent(`${name}!`)).toThrow(expect.objectContaining({ code: 'MESSAGING_INVALID_NAME' }));
});

test('a method emits one event', () => {
  expect(() => {
    class Twice {
      @Atomic()
      @Event('user.created')
      @Event('user.seen')
      async register(): Promise<void> {}
    }
    return Twice;
  }).toThrow(expect.objectContaining({ code: 'MESSAGING_INVALID_CONSUMER' }));
});

test('a consumer has topics', () => {
  for (const options of [{ topics: [] }, { topics: 'users' }, {}, undefined]) {
    expect(() => Consumer('g', options as never)).toThrow(
      expect.objectContaining({ code: 'MESSAGING_INVALID_CONSUMER' }),
    );
  }
});

test('what is published twice under one id has one effect, whether the first has left or not', async () => {
  const { app, bus, run, effects, settled } = await start([Orders], { relay: false });
  const [id, twice] = ['0198c2f0-0000-7000-8000-000000000001', { topic: 'users', key: 7 }];
  await bus.publish('user.seen', {}, { ...twice, id });
  await run(() => atomic(() => bus.publish('user.seen', {}, { ...twice, id })));
  await app.get(OutboxRelay).flush();
  await settled(async () => (await effects()).length > 0);
  await bus.publish('user.seen', {}, { ...twice, id });
  await bus.publish('user.last', {}, twice);
  await app.get(OutboxRelay).flush();
  await settled(async () => (await effects()).length > 1);
  expect(await effects()).toEqual(['any user.seen', 'any user.last']);
});

test('topics and groups have names that every broker takes, put together too', () => {
  const invalid = expect.objectContaining({ code: 'MESSAGING_INVALID_NAME' });
  const [group, topic] = ['g'.repeat(100), 't'.repeat(130)];
  expect(() => Consumer(group, { topics: [topic] })).not.toThrow();
  expect(() => Consumer(`${group}g`, { topics: [topic] })).toThrow(invalid);
  expect(() => Consumer(group, { topics: [`${topic}t`] })).toThrow(invalid);
  expect(() => Event('user.created', { topic: `${topic}t` })).toThrow(invalid);
});
