import { type CheckFinding, CheckRegistry } from '@core-framework/common';
import { MigrationService } from '@core-framework/orm';
import { FoundProblemsError } from '../errors/cli.errors.js';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';
import type { AssembledApplication } from '../project/assembled-application.js';
import { deployFindings } from './deploy-findings.js';

const TEXTS = {
  summary: 'Look for mistakes in views, settings and migrations',
  description:
    'Ends with 1 when it finds an error; with --fail-level warning also for warnings. Findings whose codes stand in ' +
    'SILENCED_CHECKS are left out. Migrations are compared with the tables where the database answers.',
  examples: ['core check', 'core check --deploy', 'core check --fail-level warning --json'],
} as const;

/** `core check` */
export function checkCommand(context: CommandContext) {
  return defineCommand('check', TEXTS)
    .option('--deploy', 'look at what production needs as well')
    .option('--fail-level <level>', 'error or warning', 'error')
    .option('--no-database', 'leave the database out')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async ({ deploy, database, failLevel, json, ...options }) => {
      await using application = await context.application(options);
      await application.withRoutes();
      const silenced = new Set(application.settings.silencedChecks);
      const extra = [
        ...(database ? await migrationFindings(application) : []),
        ...(deploy ? deployFindings(application.settings) : []),
      ].filter(({ code }) => !silenced.has(code));
      const findings = [...((await application.find<CheckRegistry>(CheckRegistry)?.run({ deploy })) ?? []), ...extra];
      if (json) context.terminal.printJson(findings);
      else for (const finding of findings) context.terminal.print(textOf(finding));
      const errors = findings.filter(({ level }) => level === 'error').length;
      const warnings = findings.length - errors;
      const result = `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
      if (errors > 0 || (failLevel === 'warning' && warnings > 0)) throw new FoundProblemsError(result);
      if (!json) context.terminal.print(findings.length ? result : 'No problems found.');
    });
}

function textOf({ code, level, subject, message, fix }: CheckFinding): string {
  return `${level.toUpperCase()} ${subject}: ${message}\n  ${fix} [${code}]`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

async function migrationFindings(application: AssembledApplication): Promise<CheckFinding[]> {
  const migrations = application.find<MigrationService>(MigrationService);
  if (!migrations) return [];
  const { pending, missing, drift } = await migrations.check();
  const subject = 'Migrations';
  const finding = (code: string, problems: readonly string[], message: string, fix: string): CheckFinding[] =>
    problems.length ? [{ code, level: 'error', subject, message: `${message}: ${problems.join('; ')}.`, fix }] : [];
  return [
    ...finding(
      'ORM_MISSING_MIGRATION',
      missing,
      'The models are ahead of the migrations',
      'Run "core makemigrations".',
    ),
    ...finding('ORM_PENDING_MIGRATION', pending, 'Not applied yet', 'Run "core migrate".'),
    ...finding(
      'ORM_SCHEMA_DRIFT',
      drift,
      'The tables are not as the migrations left them; this would undo it',
      'Write what was changed by hand as a migration.',
    ),
  ];
}
