import type { BenchOptions } from '../measure/bench-options.js';
import { costsOfCallers } from './callers.js';
import { checkPermissions } from './permission-checks.js';
import { timeSignIns } from './sign-in-times.js';

/** Runs the measurements and prints them. */
export async function run({ json, profile, seconds, rounds }: BenchOptions): Promise<void> {
  const pressure = { ...(seconds && { seconds }), ...(rounds && { rounds }) };
  const callers = {
    HS256: await costsOfCallers('HS256', profile, pressure),
    EdDSA: await costsOfCallers('EdDSA', undefined, pressure),
  };
  const permissionChecks = await checkPermissions();
  const signInTimes = await timeSignIns();
  if (json) return console.log(JSON.stringify({ callers, permissionChecks, signInTimes }));
  console.log(
    'A retrieve without and with a token, microseconds of processor time on PostgreSQL; sign-ins with argon2:',
  );
  console.table(callers);
  console.log('Checking a permission with 10 000 policies, microseconds of processor time:');
  console.table(permissionChecks);
  console.log('What must not tell by its time who has an account, milliseconds (medians of 30):');
  for (const [path, { wall, processor, apart }] of Object.entries(signInTimes)) {
    console.log(`${path}: ${apart} apart`);
    console.table({ wall, processor });
  }
}
