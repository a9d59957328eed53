/** Runs command lines of `core` one after the other in this process, and prints what each came to as JSON. */
import { PassThrough } from 'node:stream';
import { runCore } from '@core-framework/cli';

const lines = JSON.parse(process.argv[2] ?? '[]') as string[];
const folder = process.cwd();
const outcomes: { line: string; code: number; out: string; err: string }[] = [];
for (const line of lines) {
  const said = { out: '', err: '' };
  const streams = {
    stdin: Object.assign(new PassThrough(), { isTTY: false }).end(),
    stdout: { isTTY: false, write: (text: string) => Boolean((said.out += text)) },
    stderr: { isTTY: false, write: (text: string) => Boolean((said.err += text)) },
  };
  const code = await runCore(line.split(' '), { folder, streams: streams as never });
  process.chdir(folder);
  outcomes.push({ line, code, ...said });
}
process.stdout.write(JSON.stringify(outcomes));
