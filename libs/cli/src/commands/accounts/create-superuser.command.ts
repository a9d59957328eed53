import { modelDefinition, type ModelClass } from '@core-framework/orm';
import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { collect, PROJECT_OPTION } from '../../program/options.js';
import { accountsOf, readPassword } from './accounts.js';

/** `core createsuperuser` */
export function createSuperuserCommand(context: CommandContext) {
  return defineCommand('createsuperuser', {
    summary: 'Create a user who may do everything',
    description: 'What is not given is asked for. The password is typed or piped in, never given as an argument.',
    examples: [
      'core createsuperuser',
      'core createsuperuser --email ann@example.com',
      'echo "$PASSWORD" | core createsuperuser --email ann@example.com --password-stdin',
      'core createsuperuser --email ann@example.com --field username=ann',
    ],
  })
    .option('--email <address>', 'the e-mail address')
    .option('--field <name=value>', 'another field that the user model requires; may be repeated', collect)
    .option('--password-stdin', 'read the password from standard input')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async ({ email: given, field = [], passwordStdin, json, ...options }) => {
      await using application = await context.application(options);
      const accounts = await accountsOf(application);
      const { terminal } = context;
      const email = given ?? (await terminal.ask('E-mail address:', 'Say --email.'));
      if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`"${email}" is no e-mail address.`);
      const user = await application.work(async () => {
        if (await accounts.users.getByEmail(email)) throw new UsageError(`There is a user with ${email} already.`);
        const values = await fieldsOf(context, accounts.users.model as never, field);
        const password = await readPassword(context, accounts, { passwordStdin }, [email, ...Object.values(values)]);
        return accounts.users.createSuperuser({ ...values, email, password });
      });
      if (json) return terminal.printJson({ id: user.id, email: user.email });
      terminal.print(`Created the superuser ${user.email}.`);
    });
}

/** Values of the fields that the model's `REQUIRED_FIELDS` names. */
async function fieldsOf(
  { terminal }: CommandContext,
  model: ModelClass & { REQUIRED_FIELDS: readonly string[]; USERNAME_FIELD: string },
  given: readonly string[],
): Promise<Record<string, string>> {
  const known = modelDefinition(model).fields;
  const values: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(at, 0));
    if (!known.has(name))
      throw new UsageError(`"${text}" names no field of ${model.name}.`, 'Write it as in --field username=ann.');
    values[name] = text.slice(at + 1);
  }
  for (const name of new Set([model.USERNAME_FIELD, ...model.REQUIRED_FIELDS])) {
    if (name === 'email' || name in values) continue;
    values[name] = await terminal.ask(`${name}:`, `Say --field ${name}=…`);
  }
  return values;
}
