import { assembleOnly, CheckRegistry } from '@core-framework/common';
import { SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, Migration, MigrationService, Model } from '@core-framework/orm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreFactory } from '@core-framework/platform';

@Model({ tableName: 'leaves' })
class Leaf extends BaseModel {
  @Field.string() title!: string;
}

class Initial extends Migration {
  override readonly operations = [];
}

const UNREACHABLE = 'postgresql://nobody:secret@127.0.0.1:1/nowhere';

function applicationOn(url: string) {
  @Module({
    imports: [
      SettingsModule.forRoot(),
      CoreOrmModule.forRoot({ url, models: [Leaf], migrations: { '0001_initial': Initial }, schema: 'migrate' }),
    ],
  })
  class AppModule {
    constructor(checks: CheckRegistry) {
      const finding = {
        code: 'TEST_ALWAYS',
        level: 'error',
        subject: 'AppModule',
        message: 'It is so.',
        fix: '',
      } as const;
      checks.register(() => [finding]);
    }
  }
  return AppModule;
}

let app: NestFastifyApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function build(url: string): Promise<NestFastifyApplication> {
  app = await CoreFactory.create(applicationOn(url), { logger: false });
  return app.init();
}

describe('an application that is only assembled', () => {
  test('leaves its tables alone, and starts whatever its checks say', async () => {
    const assembled = await assembleOnly(() => build('sqlite://:memory:'));
    expect(await assembled.get(MigrationService).pending()).toEqual(['0001_initial']);
    expect(await assembled.get(CheckRegistry).run()).toMatchObject([{ code: 'TEST_ALWAYS' }]);
  });

  test('does without its database until something asks it', async () => {
    const assembled = await assembleOnly(() => build(UNREACHABLE));
    await expect(assembled.get(MigrationService).pending()).rejects.toThrow('DATABASE_URL');
  });

  test('works as ever without', async () => {
    await expect(build('sqlite://:memory:')).rejects.toThrow('It is so.');
  });
});
