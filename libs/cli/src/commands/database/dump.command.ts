import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  atomic,
  DATABASE,
  type Database,
  dumpData,
  isModel,
  type ModelClass,
  writeFixtures,
} from '@core-framework/orm';
import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { closestTo } from '../../program/closest-name.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { ORM } from '../../project/assembled-application.js';
import { toldRows } from './told-rows.js';

/** `core db dump` */
export function dumpCommand(context: CommandContext) {
  return defineCommand('dump', {
    summary: 'Write rows as fixtures, one JSON object on each line of a list',
    description: 'Hidden columns and deleted rows are in it: keep it like the database.',
    examples: ['core db dump > everything.json', 'core db dump Post Comment -o posts.json'],
  })
    .argument('[models...]', 'names of models; all when left out')
    .option('-o, --output <file>', 'the file; standard output when left out')
    .addOption(PROJECT_OPTION())
    .action(async (names, options) => {
      await using application = await context.application(options);
      const database = application.need<Database>(DATABASE, ORM);
      const models = names.length ? names.map((name) => modelNamed(database, name)) : undefined;
      const picture = { isolationLevel: 'repeatable read', readOnly: true } as const;
      await application.work(() =>
        atomic(async () => {
          const lines = writeFixtures(toldRows('Read', dumpData({ models, database }), context.terminal));
          if (options.output)
            await pipeline(lines, createWriteStream(resolve(context.folder, options.output), { mode: 0o600 }));
          else for await (const line of lines) context.terminal.write(line);
        }, picture),
      );
      if (options.output) context.terminal.note(`Written to ${options.output}.`);
    });
}

function modelNamed(database: Database, name: string): ModelClass {
  const models = [...database.orm.getMetadata().getAll().values()]
    .map((entity) => entity.class as unknown)
    .filter(isModel);
  const found = models.find((model) => model.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const known = models.map((model) => model.name);
  throw new UsageError(`There is no model "${name}".`, closestTo(name, known) ?? `There are ${known.join(', ')}.`);
}
