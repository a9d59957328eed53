import { checkPermissions } from './permission-checks.js';

/** Runs the measurements and prints them. */
export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const permissionChecks = await checkPermissions();
  if (json) return console.log(JSON.stringify({ permissionChecks }));
  console.log('Checking a permission with 10 000 policies, microseconds of processor time:');
  console.table(permissionChecks);
}
