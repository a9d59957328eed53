import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filtersSource, IMPORTS, modelSource } from './circular-models.js';
import { emitDeclarations, type PackagePaths } from './package-declarations.js';

const MODELS = 60;
const FILTERS_PER_MODEL = 20;
const BUDGET_SECONDS = 3;

const GENERATED = new URL('.generated/', import.meta.url);
const SOURCE_LOADER = new URL('../../scripts/source-loader.mjs', import.meta.url);

interface Checked {
  readonly files: number;
  /** Seconds to read and parse everything. */
  readonly load: number;
  /** Seconds to check the program's own files. */
  readonly check: number;
  /** Processor seconds of both. */
  readonly cpu: number;
  readonly memory: number;
}

/**
 * Measures how long the compiler of an application takes for circular models and their lookups, beside a program that only
 * imports.
 */
export async function run({ json }: { json: boolean }): Promise<void> {
  await rm(GENERATED, { recursive: true, force: true });
  try {
    const packages = await emitDeclarations(new URL('packages/', GENERATED));
    const base = await check(
      'base',
      packages,
      new Map([['empty.ts', `${IMPORTS}\nexport type Base = Manager<BaseModel>;\n`]]),
    );
    const whole = await check('whole', packages, wholeProgram());
    const lookups = { load: whole.load - base.load, check: whole.check - base.check, cpu: whole.cpu - base.cpu };
    if (json)
      console.log(JSON.stringify({ models: MODELS, filters: MODELS * FILTERS_PER_MODEL, base, whole, lookups }));
    else print(base, whole, lookups);
  } finally {
    await rm(GENERATED, { recursive: true, force: true });
  }
}

function wholeProgram(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let index = 0; index < MODELS; index++) {
    files.set(`model${index}.ts`, modelSource(index, MODELS));
    files.set(`filters${index}.ts`, filtersSource(index, FILTERS_PER_MODEL));
  }
  return files;
}

/** Writes a program with the project's own settings and has it checked, the best of three times. */
async function check(name: string, paths: PackagePaths, files: ReadonlyMap<string, string>): Promise<Checked> {
  const folder = new URL(`${name}/`, GENERATED);
  await mkdir(folder, { recursive: true });
  for (const [file, source] of files) await writeFile(new URL(file, folder), source);
  const settings = new URL('tsconfig.json', folder);
  await writeFile(
    settings,
    JSON.stringify({
      extends: '../../../../tsconfig.json',
      compilerOptions: { customConditions: [], paths },
      include: ['.'],
      exclude: [],
    }),
  );
  const results: Checked[] = [];
  for (let round = 0; round < 3; round++) results.push(await checkOnce(fileURLToPath(settings)));
  const [best] = results.toSorted((a, b) => a.load + a.check - (b.load + b.check));
  if (!best) throw new Error('Nothing was checked.');
  return best;
}

async function checkOnce(settings: string): Promise<Checked> {
  const program = fileURLToPath(new URL('check-program.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', SOURCE_LOADER.href, program, settings]);
  return JSON.parse(stdout) as Checked;
}

function print(base: Checked, whole: Checked, lookups: Pick<Checked, 'load' | 'check' | 'cpu'>): void {
  const row = ({ load, check: checked, cpu }: Pick<Checked, 'load' | 'check' | 'cpu'>) => ({
    'load s': load.toFixed(2),
    'check s': checked.toFixed(2),
    'both s': (load + checked).toFixed(2),
    'CPU s': cpu.toFixed(2),
  });
  console.table({
    'imports only': { ...row(base), files: base.files, 'memory MB': Math.round(base.memory / 2 ** 20) },
    [`${MODELS} circular models, ${MODELS * FILTERS_PER_MODEL} filters`]: {
      ...row(whole),
      files: whole.files,
      'memory MB': Math.round(whole.memory / 2 ** 20),
    },
    'what models and filters add': row(lookups),
  });
  const verdict = whole.load + whole.check <= BUDGET_SECONDS ? 'within' : 'beyond';
  console.log(`In all ${(whole.load + whole.check).toFixed(2)} s: ${verdict} the budget of ${BUDGET_SECONDS} s.`);
}
