/** Runs random walks of migrations: `npm run test:walks -- --walks 200 --seed 42`. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    walks: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (/^\d{1,9}$/.test(value)) continue;
  console.error(`--${name} takes a whole number, not "${value}".`);
  process.exit(2);
}
console.log(`${values.walks} walks from seed ${values.seed}`);
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    'libs/orm/src/migrations/random-walks',
    '--selectProjects',
    'unit',
  ],
  { stdio: 'inherit', env: { ...process.env, WALKS: values.walks, WALKS_SEED: values.seed } },
);
process.exit(status ?? 1);
