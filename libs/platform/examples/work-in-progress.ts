import 'reflect-metadata';
import { BootReportRegistry } from '@core-framework/common';
import { CoreFactory } from '@core-framework/platform';
import { Controller, Get, Logger, Module, type OnModuleDestroy, Post } from '@nestjs/common';

/** Jobs that take until they are told to finish: what a shutdown has to wait for. */
@Controller('jobs')
class JobsController implements OnModuleDestroy {
  readonly #logger = new Logger('Jobs');
  readonly #unfinished: (() => void)[] = [];

  constructor(report: BootReportRegistry) {
    report.set('Jobs', 'none yet');
  }

  @Get('one')
  async work() {
    this.#logger.log('A job has begun with password=none', { password: 'hunter2', token: 'abc' });
    await new Promise<void>((resolve) => this.#unfinished.push(resolve));
    return { done: true };
  }

  /** Finishes all jobs a little later, so that it can be asked for before a shutdown begins. */
  @Post('finish')
  finish() {
    setTimeout(() => {
      for (const finishJob of this.#unfinished) finishJob();
    }, 700);
  }

  @Post('crash')
  crash() {
    setImmediate(() => {
      throw new Error('Nobody catches this.');
    });
  }

  onModuleDestroy() {
    this.#logger.log('The modules are closed now.');
  }
}

@Module({ controllers: [JobsController] })
class AppModule {}

await CoreFactory.run(AppModule);
