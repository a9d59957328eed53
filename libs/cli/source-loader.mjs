/**
 * Lets Node run TypeScript as it stands: `node --import @core-framework/cli/source-loader src/main.ts`.
 *
 * The hooks run in the thread that imports. Loaders that use `module.register()` ask another thread about every single
 * module, dependencies included, which made a start three times as slow.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks, setSourceMapsSupport } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/** As `nest build` compiles: decorators of the older kind with their metadata, and fields that are only declared left out. */
const OPTIONS = {
  swcrc: false,
  configFile: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2023',
    keepClassNames: true,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** In the repository of the framework itself packages are found as sources, where nothing needs to be built; its image has none. */
const isSource = !import.meta.url.includes('/node_modules/') && existsSync(new URL('src/run-core.ts', import.meta.url));
const CONDITIONS = isSource ? ['@core-framework/source'] : [];

setSourceMapsSupport(true);
registerHooks({
  /** `./post.model.js` in TypeScript means the file that will be compiled to it. */
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
    }
    return next(specifier, { ...context, conditions: [...CONDITIONS, ...context.conditions] });
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...OPTIONS, filename });
    return { format: 'module', shortCircuit: true, source: code };
  },
});
