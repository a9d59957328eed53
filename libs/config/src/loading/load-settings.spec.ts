import { describe, expect, test } from '@jest/globals';
import { IsArray, IsEnum, IsIn, IsInt, IsNumber, IsOptional, IsString, Matches } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsRule } from '../decorators/settings-rule.decorator.js';
import { DuplicateSettingError, InvalidSettingsError, UnsupportedSettingError } from '../errors/config.errors.js';
import type { SettingsClass } from '../metadata/settings.metadata.js';
import type { Variables } from './env-file.js';
import { loadSettings } from './load-settings.js';

enum Size {
  Small = 'S',
  Large = 'L',
}

class Sample {
  text = 'default';
  ratio = 0.5;
  enabled = false;
  tags: readonly string[] = ['a'];
  @IsInt() count = 1;
  @IsInt({ each: true }) ports: readonly number[] = [];
  @IsIn(['red', 'green']) colour = 'red';
  @IsEnum(Size) size = Size.Small;
  @IsOptional() @IsNumber() weight?: number;
  @IsOptional() @IsString() note?: string;
  @IsOptional() @IsArray() @IsIn(['x', 'y'], { each: true }) axes?: readonly string[];
  @Setting() flag?: boolean;
}

const load = <S extends object>(target: SettingsClass<S>, env: Variables) =>
  loadSettings(target, { env, envFile: false });

const byText = (one: string, other: string) => one.localeCompare(other);

function problemsOf(target: SettingsClass, env: Variables): readonly string[] {
  try {
    load(target, env);
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('values', () => {
  test('keep their defaults when nothing is set', () => {
    expect(load(Sample, {})).toEqual(new Sample());
  });

  test('get the type of the default, of the rules or of the declaration', () => {
    const settings = load(Sample, {
      TEXT: ' kept as it is ',
      RATIO: '1.5e2',
      ENABLED: 'Yes',
      TAGS: 'b, c ,,d',
      COUNT: ' 42 ',
      PORTS: '[1, "2"]',
      COLOUR: 'GREEN',
      SIZE: 'l',
      WEIGHT: '.25',
      NOTE: '7',
      AXES: 'Y',
      FLAG: 'on',
    });
    expect(Object.fromEntries(Object.entries(settings))).toEqual({
      text: ' kept as it is ',
      ratio: 150,
      enabled: true,
      tags: ['b', 'c', 'd'],
      count: 42,
      ports: [1, 2],
      colour: 'green',
      size: 'L',
      weight: 0.25,
      note: '7',
      axes: ['y'],
      flag: true,
    });
  });

  test.each(['true', 'TRUE', '1', 'yes', 'on'])('%s is true', (text) => {
    expect(load(Sample, { ENABLED: text }).enabled).toBe(true);
  });

  test.each(['false', 'False', '0', 'no', 'off'])('%s is false', (text) => {
    class On {
      enabled = true;
    }
    expect(load(On, { ENABLED: text }).enabled).toBe(false);
  });

  test('an empty text unsets an optional setting, empties a list and is refused as a number', () => {
    const settings = load(Sample, { NOTE: '', WEIGHT: '', TAGS: '', TEXT: '' });
    expect([settings.note, settings.weight, settings.tags, settings.text]).toEqual([undefined, undefined, [], '']);
    expect(problemsOf(Sample, { COUNT: '' })).toEqual(['COUNT must be an integer (got "").']);
  });

  test('cannot be changed once they are loaded', () => {
    const settings = load(Sample, { TAGS: 'a,b' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.tags)).toBe(true);
    expect(Object.isFrozen(load(Sample, {}).tags)).toBe(true);
  });
});

describe('problems', () => {
  test('come all at once, each with its variable and what was expected', () => {
    const env = {
      RATIO: 'much',
      ENABLED: 'maybe',
      PORTS: '1,x',
      COLOUR: 'blue',
      TAGS: '[1',
      WEIGHT: '-',
      COUNT: '1.0',
    };
    expect([...problemsOf(Sample, env)].sort(byText)).toEqual([
      'COLOUR must be one of red, green (got "blue").',
      'COUNT must be an integer (got "1.0").',
      'ENABLED must be true or false (got "maybe").',
      'PORTS must be a list of which each item is an integer (got "1,x").',
      'RATIO must be a number (got "much").',
      'TAGS must be a list, either separated by commas or as a JSON array (got "[1").',
      'WEIGHT must be a number (got "-").',
    ]);
  });

  test('stand in one message', () => {
    expect(() => load(Sample, { RATIO: 'a', COUNT: 'b' })).toThrow(
      '2 settings are invalid:\n  - COUNT must be an integer (got "b").\n  - RATIO must be a number (got "a").',
    );
  });

  test('quote long values shortened and on one line', () => {
    const [message] = problemsOf(Sample, { COUNT: `1\n${'x'.repeat(1_000_000)}` });
    expect(message).toContain('"1\\nxxx');
    expect(message!.length).toBeLessThan(120);
  });

  test('never quote a secret, not even when a rule does', () => {
    class Keys {
      @Setting({ secret: true }) @IsInt() pin = 1;
      @Setting({ secret: true }) @Matches(/^k-/, { message: '$value is no key' }) key = 'k-1';
    }
    expect(problemsOf(Keys, { PIN: 'hunter2', KEY: 'hunter3' })).toEqual([
      'PIN must be an integer.',
      'KEY is not valid.',
    ]);
  });

  test('take a text for a secret when its name sounds like one', () => {
    class Named {
      @Matches(/^k-/) stripeApiKey = 'k-';
      @Matches(/^t-/) @Setting({ secret: false }) publicToken = 't-';
      @IsInt() maxToken = 1;
    }
    expect(
      [...problemsOf(Named, { STRIPE_API_KEY: 'hunter2', PUBLIC_TOKEN: 'x', MAX_TOKEN: 'y' })].sort(byText),
    ).toEqual(
      [
        'PUBLIC_TOKEN must match /^t-/ regular expression (got "x").',
        'STRIPE_API_KEY must match /^k-/ regular expression.',
        'MAX_TOKEN must be an integer (got "y").',
      ].sort(byText),
    );
  });

  test('never quote the password of an address', () => {
    class Remote {
      @Matches(/^https:/) endpoint = 'https://x';
    }
    const env = { ENDPOINT: 'http://user:hunter2@host/' };
    expect(problemsOf(Remote, env)[0]).toContain('(got "http://user:***@host/")');
  });

  test('name a required setting that is missing', () => {
    class Needs {
      @IsString() token!: string;
    }
    expect(problemsOf(Needs, {})).toEqual(['TOKEN must be set.']);
    expect(load(Needs, { TOKEN: 't' }).token).toBe('t');
  });

  test('include what rules find, after single settings were checked', () => {
    @SettingsRule<Range>(({ low, high }) =>
      low <= high ? [] : [{ property: 'high', message: 'must not be less than LOW' }],
    )
    class Range {
      low = 1;
      high = 2;
    }
    class Wider extends Range {}
    expect(problemsOf(Wider, { LOW: '3' })).toEqual(['HIGH must not be less than LOW.']);
    expect(problemsOf(Wider, { HIGH: 'x', LOW: '3' })).toEqual(['HIGH must be a number (got "x").']);
  });
});

describe('names', () => {
  class Named {
    @Setting({ env: 'THE_TITLE', aliases: ['OLD_TITLE', 'OLDER_TITLE'] }) title = 'none';
    @Setting({ aliases: ['DEPTH'] }) @IsInt() level = 0;
  }

  test('a setting is read from its variable or from any alias', () => {
    expect(load(Named, { THE_TITLE: 'a' }).title).toBe('a');
    expect(load(Named, { OLDER_TITLE: 'b' }).title).toBe('b');
    expect(load(Named, { TITLE: 'c' }).title).toBe('none');
  });

  test('two names may agree', () => {
    expect(load(Named, { THE_TITLE: 'same', OLD_TITLE: 'same' }).title).toBe('same');
  });

  test('two names with different values are refused, and both are named', () => {
    expect(problemsOf(Named, { THE_TITLE: 'a', OLDER_TITLE: 'b' })).toEqual([
      'THE_TITLE and OLDER_TITLE mean the same and have different values; set one of them.',
    ]);
  });

  test('a problem is told under the name that was used', () => {
    expect(problemsOf(Named, { DEPTH: 'x' })).toEqual(['DEPTH (another name of LEVEL) must be an integer (got "x").']);
  });

  test('two settings cannot share a variable', () => {
    class Twice {
      title = '';
      @Setting({ aliases: ['TITLE'] }) heading = '';
    }
    expect(() => load(Twice, {})).toThrow(DuplicateSettingError);
  });

  test('a subclass adds to what its parent says about a property', () => {
    class Renamed extends Named {
      @Setting({ secret: true }) @IsInt() declare level: number;
    }
    expect(problemsOf(Renamed, { DEPTH: 'x' })).toEqual(['DEPTH (another name of LEVEL) must be an integer.']);
    expect(problemsOf(Named, { DEPTH: 'x' })[0]).toContain('got');
  });
});

describe('derived defaults', () => {
  class Derived {
    base = 'a';
    @Setting<Derived>({ derive: ({ base }, given) => (given.has('base') ? `${base}!` : undefined) })
    @Matches(/^\w+$/)
    copy = 'own';
  }

  test('stand in for a variable that is not set, and are not judged themselves', () => {
    expect(load(Derived, {}).copy).toBe('own');
    expect(load(Derived, { BASE: 'b' }).copy).toBe('b!');
    expect(load(Derived, { BASE: 'b', COPY: 'c' }).copy).toBe('c');
    expect(problemsOf(Derived, { COPY: '?' })).toHaveLength(1);
  });
});

describe('hostile input', () => {
  test.each(['1e400', '-Infinity', 'NaN', '0x10', '1_000', '99999999999999999999', '9007199254740993', '१२'])(
    '%s is no integer',
    (text) => {
      expect(problemsOf(Sample, { COUNT: text })).toEqual([`COUNT must be an integer (got ${JSON.stringify(text)}).`]);
    },
  );

  test('a number beyond the range of numbers is refused', () => {
    expect(problemsOf(Sample, { RATIO: '1e400' })).toEqual(['RATIO must be a number (got "1e400").']);
  });

  test('NUL is refused in every type', () => {
    expect(problemsOf(Sample, { TEXT: 'a\0b', TAGS: 'a,\0' })).toHaveLength(2);
  });

  test('a long value is taken as it is', () => {
    const long = 'x'.repeat(1_000_000);
    expect(load(Sample, { TEXT: long, TAGS: long })).toMatchObject({ text: long, tags: [long] });
  });

  test('a list holds scalars only', () => {
    expect(problemsOf(Sample, { TAGS: '[{"a":1}]' })).toHaveLength(1);
    expect(problemsOf(Sample, { TAGS: '[null]' })).toHaveLength(1);
  });

  test('variables that are named like members of objects change nothing', () => {
    const env = JSON.parse('{"__proto__": {"COUNT": "7"}, "constructor": "x", "TOSTRING": "y"}') as Variables;
    expect(load(Sample, env).count).toBe(1);
    expect(load(Sample, Object.create({ COUNT: '7' }) as Variables).count).toBe(1);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('a type that no variable can carry is refused when the class is first used', () => {
    class WithDate {
      since = new Date(0);
    }
    expect(() => load(WithDate, {})).toThrow(UnsupportedSettingError);
  });
});
