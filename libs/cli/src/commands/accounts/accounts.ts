import type { AbstractBaseUser, PasswordPolicy, UserManager } from '@core-framework/auth';
import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import type { AssembledApplication, PackageModule } from '../../project/assembled-application.js';
import { optionalPackage } from '../../project/optional-package.js';

const AUTH: PackageModule = ['@core-framework/auth', 'AuthModule'];

/** What commands need of the application's accounts. */
export interface Accounts {
  readonly users: UserManager<AbstractBaseUser>;
  readonly policy: PasswordPolicy;
  readonly sessions: { revokeAll(userId: number | string, reason: 'password_change'): Promise<unknown> };
}

/** @throws PackageNotUsedError when the application has no accounts. */
export async function accountsOf(application: AssembledApplication): Promise<Accounts> {
  const auth = await optionalPackage(() => import('@core-framework/auth'), AUTH);
  return {
    users: application.need<UserManager<AbstractBaseUser>>(auth.USERS, AUTH),
    policy: application.need<PasswordPolicy>(auth.PasswordPolicy, AUTH),
    sessions: application.need<Accounts['sessions']>(auth.Sessions, AUTH),
  };
}

/** Where a password comes from; never an argument, which other users of the machine can read. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

const PASSWORD_FIX = 'Pipe it in with --password-stdin.';

/**
 * Reads a password from the pipe, or has it typed twice.
 *
 * @throws UsageError when both differ, or the policy refuses it.
 */
export async function readPassword(
  { terminal }: CommandContext,
  { policy }: Accounts,
  { passwordStdin }: PasswordOptions,
  personal: readonly string[],
): Promise<string> {
  const password = passwordStdin ? await terminal.readInput() : await terminal.askHidden('Password:', PASSWORD_FIX);
  const problems = policy.check(password, personal);
  if (problems.length) throw new UsageError(problems.map(({ message }) => message).join(' '), 'Choose another one.');
  if (!passwordStdin && (await terminal.askHidden('Password (again):', PASSWORD_FIX)) !== password) {
    throw new UsageError('The two passwords differ.');
  }
  return password;
}
