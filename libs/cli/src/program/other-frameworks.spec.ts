import { readFileSync } from 'node:fs';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, expect, test } from '@jest/globals';
import { Terminal } from '../terminal/terminal.js';
import { withoutAlias } from './aliases.js';
import { CommandContext } from './command-context.js';
import { createProgram } from './program.js';

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
const rows = [
  ...page.slice(page.indexOf('## From other frameworks')).matchAll(/^\| `([^`]+)` +\| `core ([^`]+)` +\|$/gm),
];
const words = (text = '') => text.replaceAll(' …', ' title:string').split(' ');

/** The command that a line leads to, and the words that are its own. */
function resolve(program: CommandUnknownOpts, line: readonly string[]): [CommandUnknownOpts, readonly string[]] {
  const [word, ...rest] = line;
  const child = program.commands.find((command) => command.name() === word);
  return child ? resolve(child, rest) : [program, line];
}

describe('what users of other frameworks type', () => {
  test('is in the table', () => expect(rows.length).toBeGreaterThan(30));

  test.each(rows.map(([, there, here]) => [there, here]))('%s is core %s', async (there, here) => {
    const context = new CommandContext(new Terminal(process, {}), process.cwd());
    const program = await createProgram(context, words(here)[0]);
    if (here === '--version') return expect(withoutAlias(words(there))).toEqual(['--version']);
    const [command, given] = resolve(program, words(here));
    expect(command.commands).toHaveLength(0);
    const { unknown } = command.parseOptions([...given]);
    expect(unknown).toEqual([]);
    const [name] = words(there);
    const known = withoutAlias([name ?? '']);
    // What has the same name there and here needs no alias; tasks is a group here.
    expect(words(here).slice(0, known.length)).toEqual(known);
  });
});
