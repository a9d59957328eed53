import { readFileSync } from 'node:fs';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Terminal } from '../terminal/terminal.js';
import { withoutAlias } from './aliases.js';
import { CommandContext } from './command-context.js';
import { createProgram } from './program.js';

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('## From other frameworks'));
const rows = [...section.matchAll(/^\| `([^`]+)` +\| `core ([^`]+)` +\|$/gm)];
const listed = new Set([...section.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, there]) => there));
const words = (text = '') => text.replaceAll(' …', ' title:string').split(' ');

/** Programs of their own there, whose work a command does here. */
const OTHER_PROGRAMS = /^(?:uvicorn|alembic) /;

/** Every command and flag of the guides that people come from, each line once. */
const KNOWN_ELSEWHERE = `serve|route:list|list|version|upgrade|docs|doctor|config|config --init|init
new my-project|new my-project --branch dev|ai "Create a blog"|ai "Add comments" -e|libs|libs http --usage|libs mail --usage
libs cache --usage|libs queue --usage|make:resource Post -f … -m -p|make:model Post -f … -m|make:controller Post
make:route Post --protected|make:service Post|make:repository Post|make:middleware Logging|make:test Post|make:factory Post
make:seeder Post|make:enum Status -v active -v inactive|make:exception PaymentFailed -s 402|db:migrate|db:rollback
db:rollback --steps 3|db:fresh|db:seed|db:seed --seeder User --count 50|uvicorn main:app --reload
alembic revision --autogenerate -m "Add posts"|alembic upgrade head|alembic downgrade -1|alembic current|alembic history
pytest|pytest -v|pytest tests/test_auth.py|pytest --cov=app --cov-report=html|pytest -m unit|pytest -m integration
init my-project|init my-project --python 3.13|run|makemigrations|makemigrations --name add_phone|migrate|migrate --rollback
showmigrations|check|reset_db|worker|worker --queue default --concurrency 4|worker --queue default --queue emails|scheduler
tasks|consumer|consumer --group a --topic b|topics|topics list|topics create user-events --partitions 3
topics delete old-events|deploy docker|deploy pm2|deploy k8s|deploy all`.split(/[|\n]/);

/** The command that a line leads to, and the words that are its own. */
function resolve(program: CommandUnknownOpts, line: readonly string[]): [CommandUnknownOpts, readonly string[]] {
  const [word, ...rest] = line;
  const child = program.commands.find((command) => command.name() === word);
  return child ? resolve(child, rest) : [program, line];
}

describe('what users of other frameworks type', () => {
  const programs = new Map<string, CommandUnknownOpts>();
  beforeAll(async () => {
    const context = new CommandContext(new Terminal(process, {}), process.cwd());
    for (const word of ['g', 'run']) programs.set(word, await createProgram(context, word));
  });

  test.each(KNOWN_ELSEWHERE)('%s is in the tables', (line) => expect(listed).toContain(line));

  test.each(rows.map(([, there, here]) => [there ?? '', here ?? '']))('%s is core %s', (there, here) => {
    const isElsewhere = OTHER_PROGRAMS.test(there);
    if (here === '--version') return expect(withoutAlias(words(there))).toEqual(['--version']);
    const program = programs.get(here.startsWith('g ') ? 'g' : 'run') as CommandUnknownOpts;
    const [command, given] = resolve(program, words(here));
    expect(command.commands).toHaveLength(0);
    const { operands, unknown } = command.parseOptions([...given]);
    expect(unknown).toEqual([]);
    const { registeredArguments: known } = command;
    expect(operands.length).toBeGreaterThanOrEqual(known.filter(({ required }) => required).length);
    if (!known.some(({ variadic }) => variadic)) expect(operands.length).toBeLessThanOrEqual(known.length);
    // What has the same name there and here needs no alias; flags have the same names, whatever comes after them.
    if (isElsewhere || there.startsWith('libs ')) return;
    expect(withoutAlias(words(there))).toEqual(words(here));
  });
});
