import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { describeSettings, loadSettingsOf, renderEnvExample, settingsClassOf } from '@core-framework/config';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';
import { loadModule } from '../project/load-module.js';

const SECRET = '[secret]';

/** `core config` */
export function configCommand(context: CommandContext) {
  return defineCommand('config', {
    summary: 'Show the settings as the application reads them; secrets are masked',
    examples: [
      'core config',
      'core config DATABASE',
      'core config --changed',
      'core config --init',
      'core config --json',
    ],
  })
    .argument('[text]', 'only variables whose name contains it')
    .option('--init', 'write a .env with every setting and a fresh key, unless there is one')
    .option('--changed', 'only what differs from its default')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (text = '', { changed, init, json, ...options }) => {
      const project = context.project(options);
      process.chdir(project.folder);
      const module = await loadModule(project.moduleFile);
      if (init) return writeEnv(context, renderEnvExample(settingsClassOf(module)), json);
      const settings = loadSettingsOf(module);
      const rows = describeSettings(settingsClassOf(module))
        .filter(({ variable }) => variable.includes(text.toUpperCase()))
        .map(({ variable, property, secret, owner, default: standard = '' }) => {
          const value = textOf(Reflect.get(settings, property));
          return { variable, value: secret && value ? SECRET : value, isDefault: value === standard, owner };
        })
        .filter(({ isDefault }) => !changed || !isDefault);
      if (json)
        return context.terminal.printJson(Object.fromEntries(rows.map(({ variable, value }) => [variable, value])));
      if (!rows.length) return context.terminal.note('No such settings.');
      context.terminal.printTable(rows, [
        ['VARIABLE', ({ variable }) => variable],
        ['VALUE', ({ value, isDefault }) => `${value}${isDefault ? '' : ' *'}`],
        ['PACKAGE', ({ owner }) => owner],
      ]);
      context.terminal.note('* differs from the default');
    });
}

/** A file that is there holds keys that nobody could bring back: it stays. */
function writeEnv({ terminal }: CommandContext, text: string, json: true | undefined): void {
  const isThere = existsSync('.env');
  const key = `SECRET_KEY=${randomBytes(48).toString('base64url')}`;
  if (!isThere) writeFileSync('.env', text.replace(/^# SECRET_KEY=$/m, key), { mode: 0o600 });
  if (json) terminal.printJson({ path: '.env', outcome: isThere ? 'kept' : 'created' });
  else terminal.print(isThere ? 'KEPT .env' : 'CREATED .env');
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
}
