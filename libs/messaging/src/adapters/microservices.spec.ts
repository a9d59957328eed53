import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  type INestMicroservice,
  Injectable,
  Module,
  type NestInterceptor,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { firstValueFrom, from, lastValueFrom, map, type Observable, throwError, toArray } from 'rxjs';
import type { MessageBroker } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';
import { until } from '../testing/broker-case.js';
import { brokersThatAnswer } from '../test-support/brokers-that-answer.js';
import {
  BrokerClient,
  type BrokerClientOptions,
  type BrokerContext,
  BrokerServer,
  type BrokerServerOptions,
} from './microservices.js';

const heard: string[] = [];
let failures = 0;

@Injectable()
class NotSecret implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getData<{ secret?: boolean }>().secret !== true;
  }
}

@Injectable()
class Doubling implements NestInterceptor<number, number> {
  intercept(_context: ExecutionContext, next: CallHandler<number>): Observable<number> {
    return next.handle().pipe(map((value) => value * 2));
  }
}

class TooBig extends Error {}

@Catch(TooBig)
class Telling implements ExceptionFilter {
  catch(error: TooBig, host: ArgumentsHost): Observable<never> {
    return throwError(() => ({ code: 'too_big', type: host.getType(), message: error.message }));
  }
}

@Controller()
class Numbers {
  @MessagePattern({ cmd: 'sum' })
  sum(@Payload() numbers: readonly number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }

  @MessagePattern('number.doubled')
  @UseGuards(NotSecret)
  @UseInterceptors(Doubling)
  double(@Payload('number', ParseIntPipe) number: number): number {
    return number;
  }

  @MessagePattern('numbers.up-to')
  upTo(@Payload() end: number): Observable<number> {
    return from(Array.from({ length: end }, (_, index) => index + 1));
  }

  @MessagePattern('number.refused')
  @UseFilters(Telling)
  refuse(): never {
    throw new TooBig('It is too big.');
  }

  @MessagePattern('number.wrong')
  wrong(): never {
    throw new RpcException('It is wrong.');
  }

  @EventPattern('number.*')
  onNumber(@Payload() data: unknown, @Ctx() context: unknown): void {
    const told = context as BrokerContext;
    heard.push(`${told.getMessage().type} ${JSON.stringify(data)} ${told.getAttempt()}`);

    if (failures-- > 0) throw new RpcException('not now');
  }
}

@Module({ controllers: [Numbers] })
class NumbersModule {}

const kinds = await brokersThatAnswer();

const numberTold = (n: number, key: string): EventMessage => {
  const id = randomUUID();
  return { id, type: 'number.told', source: 's', time: new Date().toISOString(), key, data: `{"n":${n}}`, headers: {} };
};

describe.each([...kinds])('a microservice over $name', ({ name, open }) => {
  const started: { close(): unknown }[] = [];
  const topics: string[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) await one.close();
    const cleaner = open();
    await cleaner.connect();
    for (const topic of topics.splice(0)) await cleaner.deleteTopic(topic);
    await cleaner.disconnect();
    heard.length = 0;
    failures = 0;
  });

  async function start(
    options: Partial<BrokerClientOptions> = {},
    server: Partial<BrokerServerOptions> = {},
    topic = `t-${randomUUID()}`,
  ) {
    const source = `s-${randomUUID()}`;
    topics.push(topic, `${source}.replies`);
    const broker: MessageBroker = open();
    const strategy = new BrokerServer({
      broker,
      group: 'numbers',
      topics: [topic],
      retry: 1,
      retryDelayMs: 1,
      ...server,
    });
    const app: INestMicroservice = await NestFactory.createMicroservice(NumbersModule, { strategy, logger: false });
    await app.listen();
    const client = new BrokerClient({ broker: open(), topic, source, ...options });
    started.push(client, app);
    return { app, broker, client, place: { topic, group: 'numbers' } };
  }

  test('answers requests, through guards, pipes, interceptors and filters', async () => {
    const { client } = await start();
    const ask = <T>(pattern: unknown, data: unknown) => lastValueFrom(client.send<T>(pattern, data));
    const answers = [ask('number.doubled', { number: '21' }), ask({ cmd: 'sum' }, [1, 2, 3])];
    expect(await Promise.all(answers)).toEqual([42, 6]);
    expect(await firstValueFrom(client.send<number>('numbers.up-to', 3).pipe(toArray()))).toEqual([1, 2, 3]);
    await expect(ask('number.doubled', { number: 1, secret: true })).rejects.toMatchObject({
      message: 'Forbidden resource',
    });
    await expect(ask('number.refused', {})).rejects.toMatchObject({ code: 'too_big', type: 'rpc' });
    await expect(ask('number.wrong', {})).rejects.toMatchObject({ status: 'error', message: 'It is wrong.' });
    await expect(ask('nobody.knows', {})).rejects.toBe('Nobody answers "nobody.knows" here.');
  });

  test('handles events of a key in their order, also when one is tried again', async () => {
    const { broker, place } = await start();
    failures = 1;
    await broker.publish(place.topic, [numberTold(1, 'k'), numberTold(2, 'k')]);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['number.told {"n":1} 1', 'number.told {"n":1} 2', 'number.told {"n":2} 1']);
  });

  test('ends without waiting for what is to be tried again, which comes to the next one', async () => {
    const first = await start({}, { retryDelayMs: 50_000, drainTimeoutMs: 60_000 });
    failures = 1;
    await first.broker.publish(first.place.topic, [numberTold(1, 'k'), numberTold(2, 'k')]);
    await until(() => heard.length === 1);
    await first.app.close();
    expect(heard).toEqual(['number.told {"n":1} 1']);
    if (name === 'memory') return;

    await start({}, {}, first.place.topic);
    await until(() => heard.length === 3);
    expect(heard.map((told) => told.slice(0, -2))).toEqual([
      'number.told {"n":1}',
      'number.told {"n":1}',
      'number.told {"n":2}',
    ]);
  });

  test('handles events, again when that fails, and gives up with a reason', async () => {
    const { broker, client, place } = await start();
    failures = 1;
    await lastValueFrom(client.emit('number.told', { n: 1 }), { defaultValue: undefined });
    await until(() => heard.length === 2);
    expect(heard).toEqual(['number.told {"n":1} 1', 'number.told {"n":1} 2']);
    failures = 2;
    await lastValueFrom(client.emit('number.told', { n: 2 }), { defaultValue: undefined });
    await until(async () => (await broker.deadLetters(place, 10)).length === 1);
    expect(await broker.deadLetters(place, 10)).toMatchObject([
      { attempt: 2, reason: expect.stringContaining('not now') },
    ]);
  });
});

test('whoever asks and gets no answer is told so', async () => {
  const [memory] = kinds;
  const client = new BrokerClient({ broker: memory?.open() as MessageBroker, topic: 'nobody-listens', timeoutMs: 30 });
  await expect(lastValueFrom(client.send('number.doubled', {}))).rejects.toMatchObject({ code: 'MESSAGING_NO_REPLY' });
  await client.close();
});

test('whoever waits for an answer when the client closes is told so at once', async () => {
  const [memory] = kinds;
  const client = new BrokerClient({ broker: memory?.open() as MessageBroker, topic: 'nobody-listens' });
  const answer = lastValueFrom(client.send('number.doubled', {})).catch((error: unknown) => error);
  // By then it has been sent.
  await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  expect(await answer).toMatchObject({ code: 'MESSAGING_NO_REPLY' });
});

test('names of groups and topics are checked', () => {
  const broker = kinds[0]?.open() as MessageBroker;
  const invalid = expect.objectContaining({ code: 'MESSAGING_INVALID_NAME' });
  expect(() => new BrokerServer({ broker, group: 'no group', topics: ['t'] })).toThrow(invalid);
  expect(() => new BrokerServer({ broker, group: 'g', topics: ['no topic'] })).toThrow(invalid);
  expect(() => new BrokerClient({ broker, topic: 'no topic' })).toThrow(invalid);
});
