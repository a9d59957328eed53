import { SeederService } from '@core-framework/orm';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { collect, PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import { ORM } from '../../project/assembled-application.js';

/** `core db seed` */
export function seedCommand(context: CommandContext) {
  return defineCommand('seed', {
    summary: 'Fill the database by the seeders of the application',
    description: 'All in one transaction, each after those that it depends on. Refuses in production.',
    examples: ['core db seed', 'core db seed --seeder User --count 50', 'core db seed --list'],
  })
    .argument('[seeder...]', 'their names; all when left out')
    .option('--seeder <name>', 'one by name; may be repeated', collect)
    .option('--count <n>', 'how many rows a seeder makes, where it asks for that', wholeNumber('--count', 1))
    .option('--random-seed <n>', 'makes random values the same in every run', wholeNumber('--random-seed'))
    .option('--list', 'name the seeders, run none')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (positional, { seeder = [], count, randomSeed, list, json, ...options }) => {
      await using application = await context.application(options);
      const seeders = application.need<SeederService>(SeederService, ORM);
      const asked = [...positional, ...seeder];
      const names = asked.length ? asked : seeders.names();
      if (!list) {
        await context.agree('Seeding', application.settings, { ...options, yes: true });
        const onSeeder = (name: string) => context.terminal.step(`Seeding ${name} …`);
        await seeders.run(asked.length ? asked : undefined, { count, seed: randomSeed, onSeeder });
      }
      if (json) return context.terminal.printJson(list ? seeders.names() : { seeded: names });
      if (list) for (const name of seeders.names()) context.terminal.print(name);
      else if (names.length) context.terminal.print(`Seeded ${names.join(', ')}.`);
      else context.terminal.print('There are no seeders. Write one with "core g seeder <name>".');
    });
}
