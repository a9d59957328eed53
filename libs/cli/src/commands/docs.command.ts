import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors/cli.errors.js';
import { closestTo } from '../program/closest-name.js';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';

/** A package of the framework that the project has, and its page. */
interface Page {
  readonly topic: string;
  readonly version: string;
  readonly about: string;
  readonly file: string;
}

/** `core docs` */
export function docsCommand(context: CommandContext) {
  return defineCommand('docs', {
    summary: 'Read the documentation of the packages that the project has',
    description:
      'The pages come with the packages: they are of the installed version, and nothing is asked of the network.',
    examples: ['core docs', 'core docs orm', 'core docs tasks --usage', 'core docs --json'],
  })
    .argument('[package]', 'a package: orm, viewset, auth, …')
    .option('--usage', 'only its examples')
    .option('--json', 'print the result as JSON')
    .action((topic, { usage, json }) => {
      const pages = pagesAround(context.folder);
      const { terminal } = context;
      if (topic === undefined) {
        if (json) return terminal.printJson(pages);
        terminal.printTable(pages, [
          ['PACKAGE', (page) => page.topic],
          ['VERSION', ({ version }) => version],
          ['WHAT IT IS FOR', ({ about }) => about],
        ]);
        return terminal.note('Read one with "core docs <package>". A running application documents its API at /docs.');
      }
      const page = pages.find((each) => each.topic === topic || `@core-framework/${each.topic}` === topic);
      if (!page) {
        const known = pages.map((each) => each.topic);
        throw new UsageError(
          `No package "${topic}" is installed.`,
          closestTo(topic, known) ??
            (known.length ? `There are ${known.join(', ')}.` : 'No package of the framework is installed here.'),
        );
      }
      const text = readFileSync(page.file, 'utf8').trim();
      const shown = usage ? examplesIn(text).join('\n\n') : text;
      if (json) terminal.printJson({ ...page, text: shown });
      else terminal.print(shown);
    });
}

/** Of each package the one that the code at hand would import. */
function pagesAround(folder: string): Page[] {
  const found = new Map<string, Page>();
  for (let current = folder; ; current = dirname(current)) {
    const packages = join(current, 'node_modules', '@core-framework');
    for (const topic of existsSync(packages) ? readdirSync(packages) : []) {
      const page = pageIn(topic, join(packages, topic));
      if (page && !found.has(topic)) found.set(topic, page);
    }
    if (dirname(current) === current) break;
  }
  return [...found.values()].toSorted((one, other) => (one.topic < other.topic ? -1 : 1));
}

function pageIn(topic: string, folder: string): Page | undefined {
  const file = join(folder, 'README.md');
  if (!existsSync(file)) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const [, paragraph = ''] = /^# .*\n+((?:.+\n)+)/.exec(readFileSync(file, 'utf8')) ?? [];
  const [about = ''] = paragraph.replaceAll('\n', ' ').split(/[.:] /, 1);
  return { topic, version, about: about.trim().replace(/\.$/, ''), file };
}

/** The blocks of code of a page, without what is around them. */
function examplesIn(text: string): string[] {
  return [...text.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code.trimEnd());
}
