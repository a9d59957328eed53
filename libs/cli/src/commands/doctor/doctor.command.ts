import { CheckRegistry } from '@core-framework/common';
import { explainFailure } from '@core-framework/platform';
import { FoundProblemsError } from '../../errors/cli.errors.js';
import type { CommandContext, ProjectOptions } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import type { AssembledApplication } from '../../project/assembled-application.js';
import {
  database,
  type Diagnosis,
  generators,
  migrations,
  nodeVersion,
  oneVersion,
  port,
  secretKey,
} from './diagnoses.js';

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const;

/** `core doctor` */
export function doctorCommand(context: CommandContext) {
  return defineCommand('doctor', {
    summary: 'Find out why the application does not run here',
    description:
      'Looks at what it needs around it, and at what its packages check; "core check" looks at migrations and production, too.',
    examples: ['core doctor', 'core doctor --json'],
  })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      const project = context.project(options);
      const around = [
        nodeVersion(),
        oneVersion(project, '@nestjs', 'major'),
        oneVersion(project, '@mikro-orm', 'exact'),
        generators(project),
      ];
      const found = [...around, ...(await inside(context, options))];
      if (options.json) context.terminal.printJson(found);
      else for (const diagnosis of found) context.terminal.print(textOf(diagnosis));
      const errors = found.filter(({ status }) => status === 'error').length;
      if (errors) throw new FoundProblemsError(`${errors} of ${found.length} are not as they should be.`);
    });
}

/** What only the application knows; an application that cannot be put together is itself a finding. */
async function inside(context: CommandContext, options: ProjectOptions): Promise<Diagnosis[]> {
  try {
    await using application = await context.application(options);
    const checks: readonly ((application: AssembledApplication) => Diagnosis | Promise<Diagnosis>)[] = [
      secretKey,
      database,
      migrations,
      port,
    ];
    const found: Diagnosis[] = [];
    for (const check of checks) {
      const diagnosis = await check(application);
      found.push(diagnosis);
      if (diagnosis.name === 'Database' && diagnosis.status === 'error') break;
    }
    return [...found, ...(await checked(application))];
  } catch (error) {
    const { message, fix } = explainFailure(error);
    return [{ code: 'DOCTOR_APPLICATION', name: 'Application', status: 'error', finding: message, fix }];
  }
}

/** What the packages of the application look at. */
async function checked(application: AssembledApplication): Promise<Diagnosis[]> {
  await application.withRoutes();
  const findings = (await application.find<CheckRegistry>(CheckRegistry)?.run()) ?? [];
  return findings.map(({ code, level, subject, message, fix }) => ({
    code,
    name: subject,
    status: level,
    finding: message,
    fix,
  }));
}

function textOf({ code, name, status, finding, fix }: Diagnosis): string {
  const line = `${MARKS[status]} ${name}: ${finding}`;
  return fix === undefined ? line : `${line}\n  ${fix} [${code}]`;
}
