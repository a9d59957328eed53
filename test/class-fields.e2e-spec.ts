import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const SOURCE = 'export class Probe { declared!: string; optional?: number; given = 1; }';
const root = new URL('..', import.meta.url);

/** The keys that an instance has before anybody assigns one, in code that a compiler has made. */
async function ownKeys(code: string): Promise<string[]> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { Probe: new () => object };
  return Object.keys(new module.Probe());
}

function tsconfig(file: string): ts.CompilerOptions {
  const path = new URL(file, root).pathname;
  return ts.getParsedCommandLineOfConfigFile(path, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })!
    .options;
}

// A schema class with undeclared own keys would accept and store undefined values in one compiler and not in another.
describe('a declared class field is no own key', () => {
  test('where the source runs (swc)', async () => {
    const options = JSON.parse(readFileSync(new URL('.swcrc', root), 'utf8')) as object;
    expect(await ownKeys(transformSync(SOURCE, { ...options, swcrc: false, filename: 'probe.ts' }).code)).toEqual([
      'given',
    ]);
  });

  test.each(['tsconfig.json', 'libs/orm/tsconfig.build.json', 'apps/api/tsconfig.build.json'])(
    'where %s builds (tsc)',
    async (file) => {
      const compilerOptions = { ...tsconfig(file), module: ts.ModuleKind.ESNext, noEmit: false, sourceMap: false };
      expect(await ownKeys(ts.transpileModule(SOURCE, { compilerOptions }).outputText)).toEqual(['given']);
    },
  );

  test('in this very run', () => {
    class Probe {
      declared!: string;
      given = 1;
    }
    expect(Object.keys(new Probe())).toEqual(['given']);
  });
});
