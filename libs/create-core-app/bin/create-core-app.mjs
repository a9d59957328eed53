#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;
if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  process.stderr.write(
    `Core Framework needs Node ${REQUIRED_MAJOR} or newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(1);
}

// In the repository of the framework itself the sources run as they stand.
const isSource = !realpathSync(fileURLToPath(import.meta.url)).includes('node_modules');
if (isSource) await import('../../cli/source-loader.mjs');
const { runCreate } = await import(isSource ? '../src/run-create.ts' : '../dist/run-create.js');
process.exitCode = await runCreate(process.argv.slice(2));
