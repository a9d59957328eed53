// The working copy runs its TypeScript as it stands, so that nothing has to be built before `nest` works; the published
// package has no sources and runs what was built.
const { existsSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const sources = join(__dirname, 'src');
const isWorkingCopy = existsSync(join(sources, 'schematics.ts'));

if (isWorkingCopy) {
  const folder = pathToFileURL(sources).href;
  registerHooks({
    /** `./names.js` in TypeScript means the file that will be compiled to it; Node itself strips the types. */
    resolve(specifier, context, next) {
      const isOwn = specifier.startsWith('.') && context.parentURL?.startsWith(folder);
      return next(isOwn ? specifier.replace(/\.js$/, '.ts') : specifier, context);
    },
  });
}
module.exports = require(isWorkingCopy ? './src/schematics.ts' : './dist/schematics.js');
