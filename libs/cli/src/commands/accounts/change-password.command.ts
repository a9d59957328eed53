import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { accountsOf, readPassword } from './accounts.js';

/** `core changepassword` */
export function changePasswordCommand(context: CommandContext) {
  return defineCommand('changepassword', {
    summary: 'Give a user another password; his sessions end',
    description: 'The password is typed or piped in, never given as an argument.',
    examples: [
      'core changepassword ann@example.com',
      'echo "$PASSWORD" | core changepassword ann@example.com --password-stdin',
    ],
  })
    .argument('<user>', 'e-mail address, or what users sign in by')
    .option('--password-stdin', 'read the password from standard input')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (identifier, { passwordStdin, json, ...options }) => {
      await using application = await context.application(options);
      const accounts = await accountsOf(application);
      await application.work(async () => {
        const { users, sessions } = accounts;
        const user = (await users.getByNaturalKey(identifier)) ?? (await users.getByEmail(identifier));
        if (!user) throw new UsageError(`There is no user ${identifier}.`);
        const password = await readPassword(context, accounts, { passwordStdin }, [
          user.email,
          user.firstName,
          user.lastName,
        ]);
        await user.setPassword(password);
        await users.atomic(async () => {
          await user.save();
          await sessions.revokeAll(user.id, 'password_change');
        });
        if (json) context.terminal.printJson({ id: user.id, email: user.email });
        else context.terminal.print(`${user.email} has a new password.`);
      });
    });
}
