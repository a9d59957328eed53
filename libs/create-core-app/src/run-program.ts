import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a program gets, once it is told to end, until it is ended. */
const GRACE_MS = 2000;

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  /** Whether there is such a program at all. */
  readonly isThere: boolean;
  /** All that it said. */
  readonly output: string;
}

/**
 * Runs a program to its end, or until `signal` is aborted; then nothing that it started is left either.
 *
 * @throws whatever `signal` was aborted with.
 */
export async function runProgram(
  folder: string,
  command: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<ProgramEnd> {
  signal?.throwIfAborted();
  const isWindows = process.platform === 'win32';
  // Package managers are scripts on Windows, which only a shell starts; no word of theirs comes from users. Elsewhere it
  // gets a group of its own, which can be ended as a whole.
  const shell = isWindows && command !== process.execPath;
  const child = spawn(command, words, { cwd: folder, shell, detached: !isWindows });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const abort = () => endAll(child);
  signal?.addEventListener('abort', abort);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    return { code: code ?? 1, isThere: true, output };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { code: 1, isThere: false, output };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function endAll(child: ChildProcess): void {
  const send = (signal: NodeJS.Signals) => {
    try {
      if (process.platform === 'win32') child.kill(signal);
      else if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  send('SIGTERM');
  const timer = setTimeout(send, GRACE_MS, 'SIGKILL');
  child.once('close', () => clearTimeout(timer));
}
