import { ServingProcess } from './serving-process.js';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A program of the repository as its own process, run from source the way `npm start` runs the sample. */
export class SourceProcess extends ServingProcess {
  constructor(file: string, env: Record<string, string>, args: readonly string[] = []) {
    const parameters = [
      '--conditions=@core-framework/source',
      '--import',
      './scripts/source-loader.mjs',
      file,
      ...args,
    ];
    super(process.execPath, parameters, { cwd: ROOT, env: { PATH: process.env.PATH, ...env } });
  }
}
