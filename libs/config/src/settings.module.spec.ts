import { CheckRegistry } from '@core-framework/common';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, test } from '@jest/globals';
import { CoreSettings } from './core-settings.js';
import { InvalidSettingsError } from './errors/config.errors.js';
import { withSettings } from './loading/given-settings.js';
import { SettingsModule } from './settings.module.js';

class BaseSettings extends CoreSettings {
  region = 'eu';
}
class AppSettings extends BaseSettings {
  shard = 1;
}

@Injectable()
class Reader {
  constructor(
    readonly core: CoreSettings,
    readonly base: BaseSettings,
    readonly app: AppSettings,
  ) {}
}

@Module({ providers: [Reader] })
class FeatureModule {}

describe('SettingsModule', () => {
  test('provides one instance under every class, also to modules that do not import it', async () => {
    @Module({ imports: [SettingsModule.forRoot(AppSettings, { env: { SHARD: '7' }, envFile: false }), FeatureModule] })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const { core, base, app } = context.get(Reader);
    expect(core).toBe(app);
    expect(base).toBe(app);
    expect(app.shard).toBe(7);
    await context.close();
  });

  test('reads settings when the application is built, not before', async () => {
    const env: Record<string, string> = { PORT: 'x' };
    @Module({ imports: [SettingsModule.forRoot(CoreSettings, { env, envFile: false })] })
    class AppModule {}
    const build = () => NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    await expect(build()).rejects.toThrow(InvalidSettingsError);
    env['PORT'] = '81';
    const context = await build();
    expect(context.get(CoreSettings).port).toBe(81);
    await context.close();
  });

  test('silences the checks that SILENCED_CHECKS names', async () => {
    const env = { SILENCED_CHECKS: 'SHOP_TOO_OLD, SHOP_TOO_NEW' };
    @Module({ imports: [SettingsModule.forRoot(CoreSettings, { env, envFile: false })] })
    class AppModule {}
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const checks = context.get(CheckRegistry);
    checks.register(() =>
      ['SHOP_TOO_OLD', 'SHOP_CLOSED'].map((code) => ({ code, level: 'error', subject: 'Shop', message: '', fix: '' })),
    );
    expect((await checks.run()).map(({ code }) => code)).toEqual(['SHOP_CLOSED']);
    await context.close();
  });

  test('provides the settings that the application is built with instead of reading them again', async () => {
    @Module({ imports: [SettingsModule.forRoot(AppSettings, { env: { PORT: 'unreadable' }, envFile: false })] })
    class AppModule {}
    const given = Object.assign(new AppSettings(), { shard: 9 });
    const build = () => NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    const context = await withSettings(given, build);
    expect(context.get(CoreSettings)).toBe(given);
    await context.close();
    await expect(withSettings(new BaseSettings(), build)).rejects.toThrow(InvalidSettingsError);
  });
});
