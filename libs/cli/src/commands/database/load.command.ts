import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadData, readFixtures } from '@core-framework/orm';
import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { toldRows } from './told-rows.js';

/** `core db load` */
export function loadCommand(context: CommandContext) {
  return defineCommand('load', {
    summary: 'Store fixtures; rows that are there already are overwritten',
    description: 'All rows of a file are stored, or none. Refuses in production.',
    examples: ['core db load fixtures/posts.json', 'core db load users.json posts.json'],
  })
    .argument('<files...>', 'fixtures as "core db dump" writes them')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (files, options) => {
      const pathOf = (file: string) => resolve(context.folder, file);
      const missing = files.find((file) => !existsSync(pathOf(file)));
      if (missing !== undefined) throw new UsageError(`There is no file ${missing}.`);
      await using application = await context.application(options);
      await context.agree('Loading fixtures', application.settings, { ...options, yes: true });
      const loaded: Record<string, number> = {};
      for (const file of files) {
        const stream = createReadStream(pathOf(file));
        const fixtures = toldRows('Stored', readFixtures(stream), context.terminal);
        loaded[file] = await application.work(() => loadData(fixtures));
      }
      if (options.json) return context.terminal.printJson(loaded);
      for (const [file, rows] of Object.entries(loaded)) context.terminal.print(`Stored ${rows} rows of ${file}.`);
    });
}
