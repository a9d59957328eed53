/** Runs one benchmark: `npm run bench -- orm|types|viewset [--json]`. Each compares its rivals in one run on one machine. */
const SUITES = {
  auth: () => import('./auth/auth.bench.js'),
  orm: () => import('./orm/orm.bench.js'),
  types: () => import('./types/types.bench.js'),
  viewset: () => import('./viewset/viewset.bench.js'),
} as const;

const [name = '', ...flags] = process.argv.slice(2);

if (!(name in SUITES)) {
  console.error(`Name a benchmark: ${Object.keys(SUITES).join(', ')}. For example: npm run bench -- viewset`);
  process.exit(1);
}

const suite = await SUITES[name as keyof typeof SUITES]();
await suite.run({ json: flags.includes('--json') });
