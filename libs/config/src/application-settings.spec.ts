import { forwardRef, Module } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { CoreSettings } from './core-settings.js';
import { AmbiguousSettingsClassError } from './errors/config.errors.js';
import { loadSettingsOf, settingsClassOf } from './application-settings.js';
import { SettingsModule } from './settings.module.js';

class AppSettings extends CoreSettings {}
class OtherSettings extends CoreSettings {}

describe('settingsClassOf', () => {
  test('is CoreSettings when the application names none', () => {
    @Module({})
    class AppModule {}
    expect(settingsClassOf(AppModule)).toBe(CoreSettings);
  });

  test('finds the class behind modules, dynamic modules, forward references and circles', () => {
    @Module({ imports: [forwardRef(() => Outer), SettingsModule.forRoot(AppSettings)] })
    class Inner {}
    @Module({})
    class Holder {}
    @Module({ imports: [Promise.resolve({ module: Holder }), { module: Holder, imports: [Inner] }] })
    class Outer {}
    expect(settingsClassOf(Outer)).toBe(AppSettings);
    expect(settingsClassOf({ module: Holder, imports: [Outer] })).toBe(AppSettings);
  });

  test('finds a module that was copied', () => {
    @Module({ imports: [{ ...SettingsModule.forRoot(AppSettings), global: false }] })
    class AppModule {}
    expect(settingsClassOf(AppModule)).toBe(AppSettings);
  });

  test.each([
    [AppSettings, CoreSettings],
    [CoreSettings, AppSettings],
  ])('prefers the class that extends the other', (first, second) => {
    @Module({ imports: [SettingsModule.forRoot(first), SettingsModule.forRoot(second)] })
    class AppModule {}
    expect(settingsClassOf(AppModule)).toBe(AppSettings);
  });

  test('refuses two classes of which neither extends the other', () => {
    @Module({ imports: [SettingsModule.forRoot(AppSettings), SettingsModule.forRoot(OtherSettings)] })
    class AppModule {}
    expect(() => settingsClassOf(AppModule)).toThrow(AmbiguousSettingsClassError);
  });
});

describe('loadSettingsOf', () => {
  test('reads by the class and from the place that the module names, unless it is told another', () => {
    @Module({ imports: [SettingsModule.forRoot(AppSettings, { env: { PORT: '81' }, envFile: false })] })
    class AppModule {}
    expect(loadSettingsOf(AppModule)).toBeInstanceOf(AppSettings);
    expect(loadSettingsOf(AppModule).port).toBe(81);
    expect(loadSettingsOf(AppModule, { env: {} }).port).toBe(8000);
  });
});
