#!/usr/bin/env node
/** Starts the command line: the version that the project has installed, wherever this one is. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REQUIRED_MAJOR = 24;
if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  process.stderr.write(
    `Core Framework needs Node ${REQUIRED_MAJOR} or newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(1);
}

// A reader that has seen enough, such as head, ends the command.
process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1));

const self = realpathSync(fileURLToPath(import.meta.url));
const installed = installedIn(process.cwd());
if (installed && installed !== self) await import(pathToFileURL(installed).href);
else await start();

async function start() {
  const isSource =
    !self.includes(join('/', 'node_modules', '/')) && existsSync(new URL('../src/run-core.ts', import.meta.url));
  // The project's own files are TypeScript, and in this repository so are ours.
  await import('../source-loader.mjs');
  const { runCore } = await import(isSource ? '../src/run-core.ts' : '../dist/run-core.js');
  process.exitCode = await runCore(process.argv.slice(2));
}

/** The starter of the package that the nearest project depends on, if there is one. */
function installedIn(folder) {
  const starter = join(folder, 'node_modules', '@core-framework', 'cli', 'bin', 'core.mjs');
  if (existsSync(starter)) return realpathSync(starter);
  return dirname(folder) === folder ? undefined : installedIn(dirname(folder));
}
