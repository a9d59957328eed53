import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NewProject } from './support/new-project.js';
import { ProcessWatch } from './support/process-watch.js';
import type { ServingProcess } from './support/serving-process.js';

/** A block of the page, and the answer that the page shows below it. */
interface Step {
  readonly line: number;
  /** The file that the block is, where it is one. */
  readonly file?: string;
  readonly text: string;
  readonly answer?: object;
}

const PAGE = readFileSync(new URL('../docs/tutorial.md', import.meta.url), 'utf8');
const BLOCK = /(?:<!-- (?<file>\S+) -->\n\n)?```(?<language>\w+)\n(?<text>.*?)```(?:\n\n```json\n(?<answer>.*?)```)?/gs;
/** What makes and starts the project; the first block is what the test does instead of it. */
const CREATION = 'npm create core-app@latest blog -- --yes --messaging memory --tasks\ncd blog\nnpm start\n';

const steps: readonly Step[] = [...PAGE.matchAll(BLOCK)].map(({ index, groups: { file, text = '', answer } = {} }) => ({
  line: PAGE.slice(0, index).split('\n').length,
  file,
  text,
  answer: answer === undefined ? undefined : (JSON.parse(answer) as object),
}));

let project: NewProject;
let server: ServingProcess | undefined;
/** Whether the running application is older than its files. */
let isOutdated = true;
const watch = new ProcessWatch();
let said = '';

beforeAll(async () => {
  project = await NewProject.create();
}, 300_000);

afterAll(async () => {
  try {
    await stop();
    await watch.searchLeavings({ printed: { server: said }, databases: [project.database] });
  } finally {
    project[Symbol.dispose]();
  }
});

async function stop(): Promise<void> {
  server?.kill('SIGTERM');
  expect(await (server?.exit ?? 0)).toBe(0);
  said += server?.output ?? '';
  server = undefined;
}

/** The application as its files are now; a reader's restarts by itself. */
async function running(): Promise<string> {
  if (isOutdated) await stop();
  isOutdated = false;
  // Not more talkative: nobody reads what it says while the shell is waited for, and it would stop at a full pipe.
  return (server ??= project.serve()).url();
}

/** What a block prints; variables of the shell are there in the next one. */
async function inShell(text: string): Promise<string> {
  const origin = await running();
  const script = text.replace('http://localhost:8000', origin);
  const variables = '.git/variables';
  const printed = project.run(
    `touch ${variables}; . ${variables}; API=${origin}/api/v1\n${script}\necho; declare -p TOKEN > ${variables} 2>/dev/null || true`,
  );
  const [, token = ''] = /TOKEN="(.*)"/.exec(project.read(variables)) ?? [];
  watch.hear(text, printed);
  watch.add(token);
  return printed;
}

/** Calls of the API; what only asks is repeated until the answer has come about that the page shows. */
async function call({ text, answer }: Step): Promise<void> {
  for (;;) {
    const printed = (await inShell(text)).trim().split('\n').at(-1) ?? '';
    if (answer === undefined) return;
    const given: unknown = JSON.parse(printed);
    const isAsking = !/ -d | -X /.test(text);
    try {
      expect(given).toMatchObject(answer);
      return;
    } catch (error) {
      if (!isAsking || 'code' in answer || 'code' in (given as object)) throw error;
    }
  }
}

/** Runs what changes the project or looks at it. */
function runInProject(text: string): void {
  const lines = text.replaceAll('\\\n', ' ').trim().split('\n');
  for (const line of lines) {
    if (line === 'npm test') project.test();
    else if (line === 'npm run lint') project.lint();
    else project.run(line);
  }
}

test('starts with what makes a project of all parts', () => {
  expect(steps[0]?.text).toBe(CREATION);
});

test.each(steps.slice(1))(
  'holds at line $line',
  async (step) => {
    if (step.file !== undefined) {
      project.write(step.file, step.text);
      isOutdated = true;
    } else if (step.text.includes('curl')) {
      await call(step);
    } else {
      runInProject(step.text);
      isOutdated = true;
    }
  },
  600_000,
);

test('leaves code that compiles', () => project.compile(), 600_000);
