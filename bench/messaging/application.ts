import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommonModule } from '@core-framework/common';
import { type MessagingOptions, MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** Runs an application with a database of its own while `work` lasts. */
export async function withApplication<T>(
  options: MessagingOptions,
  consumers: readonly Type<object>[],
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'core-bench-messaging-'));
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url: `sqlite://${join(folder, 'app.db')}`, schema: 'update' }),
      MessagingModule.forRoot({ relay: false, ...options }),
      MessagingModule.forFeature([...consumers]),
    ],
  })
  class BenchModule {}
  const app = await NestFactory.createApplicationContext(BenchModule, { logger: false });
  try {
    return await work(app);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true });
  }
}
