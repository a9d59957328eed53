import { readFileSync } from 'node:fs';
import { CoreError } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import * as platform from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

/** Every error class of the package, made with whatever arguments. */
function codes(): string[] {
  return Object.values(platform).flatMap((value) => {
    if (typeof value !== 'function' || !(value.prototype instanceof CoreError)) return [];
    const error: unknown = Reflect.construct(value, ['host', 1, 'reason']);
    return error instanceof CoreError ? [error.code] : [];
  });
}

describe('the README', () => {
  test('shows the example as it is', () => {
    expect(readme).toContain(read('../examples/hello.ts').trim());
  });

  test('lists exactly the codes of the exported errors', () => {
    const listed = [...readme.matchAll(/`(PLATFORM_[A-Z_]+)`/g)].map(([, code]) => code);
    expect(new Set(listed)).toEqual(new Set(codes()));
  });

  test('is about a package that exports these values', () => {
    expect(Object.keys(platform).toSorted((one, other) => one.localeCompare(other))).toEqual([
      'CannotListenError',
      'CoreFactory',
      'describeFailure',
      'ERROR_RENDERER',
      'errorFormats',
      'explainFailure',
      'MissingPackageError',
      'PlatformModule',
      'PortInUseError',
    ]);
  });
});
