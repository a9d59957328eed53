import { setTimeout as pause } from 'node:timers/promises';
import { CommonModule } from '@core-framework/common';
import { CoreOrmModule } from '@core-framework/orm';
import { InjectTasks, Task, type TaskClient, TaskService, TasksModule } from '@core-framework/tasks';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LOAD, percentile, ProcessingTime, rate, type TaskFigures } from './figures.js';
import type { DriverPlace, MeasuredDriver } from './measured-drivers.js';

let onRun: (since: number) => void = () => undefined;

@Injectable()
class Nothing {
  @Task({ queue: 'bench', name: 'nothing' })
  async run(since: number): Promise<void> {
    onRun(since);
  }
}

@Injectable()
class Caller {
  constructor(@InjectTasks(Nothing) readonly tasks: TaskClient<Nothing>) {}
}

async function application(place: DriverPlace, isWorker: boolean): Promise<INestApplicationContext> {
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url: place.databaseUrl, schema: 'update' }),
      TasksModule.forRoot({
        backend: place.backend(),
        worker: isWorker && { concurrency: LOAD.concurrency },
        scheduler: false,
      }),
    ],
    providers: [Nothing, Caller],
  })
  class BenchModule {}
  return NestFactory.createApplicationContext(BenchModule, { logger: ['error'] });
}

/** Measures a driver through the framework, in a place of its own. */
export async function measureFramework({ open }: MeasuredDriver): Promise<TaskFigures> {
  await using place = await open();
  const producer = await application(place, false);
  const enqueueing = await measureEnqueueing(producer);
  await producer.close();
  const { worker, figures } = await measureProcessing(place);
  const latencies = await measureLatency(worker);
  await worker.close();
  return { ...enqueueing, ...figures, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** Leaves {@link LOAD.tasks} tasks behind. */
async function measureEnqueueing(
  app: INestApplicationContext,
): Promise<Pick<TaskFigures, 'enqueueOne' | 'enqueueMany'>> {
  const { tasks } = app.get(Caller);
  const service = app.get(TaskService);
  for (let n = 0; n < LOAD.warmUp; n++) await tasks.run.delay(0);
  const enqueueOne = await rate(LOAD.one, async () => {
    for (let n = 0; n < LOAD.one; n++) await tasks.run.delay(0);
  });
  const left = LOAD.tasks - LOAD.one - LOAD.warmUp;
  const enqueueMany = await rate(left, async () => {
    for (let written = 0; written < left; written += LOAD.batch) {
      const size = Math.min(LOAD.batch, left - written);
      await service.group(Array.from({ length: size }, () => tasks.run.signature(0)));
    }
  });
  return { enqueueOne, enqueueMany };
}

async function measureProcessing(
  place: DriverPlace,
): Promise<{ worker: INestApplicationContext; figures: Pick<TaskFigures, 'process' | 'cpu'> }> {
  const time = new ProcessingTime();
  onRun = () => time.tick();
  const worker = await application(place, true);
  const { backend } = worker.get(TaskService);
  const figures = await time.end(async () => {
    while ((await backend.counts('bench')).running > 0) await pause(1);
  });
  return { worker, figures };
}

async function measureLatency(worker: INestApplicationContext): Promise<readonly number[]> {
  const { tasks } = worker.get(Caller);
  const samples: number[] = [];
  for (let n = 0; n < LOAD.latencies + LOAD.warmUp; n++) {
    const ran = Promise.withResolvers<void>();
    onRun = (since) => {
      if (n >= LOAD.warmUp) samples.push(performance.now() - since);
      ran.resolve();
    };
    await tasks.run.delay(performance.now());
    await ran.promise;
    await pause(5);
  }
  return samples;
}
