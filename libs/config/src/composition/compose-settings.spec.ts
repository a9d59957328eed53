import { describe, expect, test } from '@jest/globals';
import { IsInt, IsOptional, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import { SettingsRule } from '../decorators/settings-rule.decorator.js';
import { describeSettings } from '../description/describe-settings.js';
import { DuplicateSettingError } from '../errors/config.errors.js';
import { loadSettings } from '../loading/load-settings.js';
import { composeSettings } from './compose-settings.js';

@SettingsGroup({ title: 'Motor', owner: 'motor' })
@SettingsRule<MotorSettings>(({ power }) => (power === 13 ? [{ property: 'power', message: 'must not be 13' }] : []))
class MotorSettings {
  @Setting() @IsInt() @Min(1) power = 10;
  @Setting() @IsOptional() fuel?: string;

  get isStrong(): boolean {
    return this.power > 100;
  }
}

@SettingsGroup({ title: 'Wheels' })
class WheelSettings {
  @Setting({ owner: 'tyres' }) wheels = 4;
}

class CarSettings extends composeSettings(MotorSettings, WheelSettings) {
  seats = 5;
}

const load = (env: Record<string, string>) => loadSettings(CarSettings, { env, envFile: false });

describe('a composed class', () => {
  test('has the settings and getters of every fragment, with their types', () => {
    const { power, wheels, seats, isStrong, fuel } = load({ POWER: '200', WHEELS: '3', FUEL: 'gas' });
    expect([power satisfies number, wheels, seats, isStrong satisfies boolean, fuel]).toEqual([200, 3, 5, true, 'gas']);
  });

  test('keeps validation rules and settings rules of its fragments', () => {
    expect(() => load({ POWER: '0' })).toThrow('POWER must not be less than 1 (got "0").');
    expect(() => load({ POWER: '13' })).toThrow('POWER must not be 13.');
  });

  test('keeps the groups and owners of its fragments', () => {
    expect(describeSettings(CarSettings).map(({ variable, group, owner }) => [variable, group, owner])).toEqual([
      ['POWER', 'Motor', 'motor'],
      ['FUEL', 'Motor', 'motor'],
      ['WHEELS', 'Wheels', 'tyres'],
      ['SEATS', 'Application settings', 'application'],
    ]);
  });

  test('leaves its fragments as they were', () => {
    expect(describeSettings(MotorSettings).map(({ variable }) => variable)).toEqual(['POWER', 'FUEL']);
  });

  test('cannot be made of fragments that share a property', () => {
    class OtherMotor {
      @Setting() power = 1;
    }
    expect(() => composeSettings(MotorSettings, OtherMotor)).toThrow(DuplicateSettingError);
  });
});
