import { confirm, input, password } from '@inquirer/prompts';
import Table from 'cli-table3';
import { DeclinedError, QuestionNeededError } from '../errors/cli.errors.js';

/** What a terminal reads from and writes to. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** A column of a table: its heading and the cell of a row. */
export type Column<T> = readonly [heading: string, cell: (row: T) => string];

/** Where commands speak and ask. Results go to standard output, everything else to standard error. */
export class Terminal {
  constructor(
    private readonly streams: Streams,
    private readonly env: NodeJS.ProcessEnv,
    /** Whether a program reads what is said: it hears results and errors only. */
    private readonly isForPrograms = false,
  ) {}

  /** Whether a person can be asked. */
  get isInteractive(): boolean {
    const { stdin, stderr } = this.streams;
    return stdin.isTTY && stderr.isTTY && !this.env['CI'];
  }

  /** Writes a line of the result. */
  print(text = ''): void {
    this.streams.stdout.write(`${text}\n`);
  }

  /** Writes a piece of the result as it is. */
  write(text: string): void {
    this.streams.stdout.write(text);
  }

  /** Writes the result for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Writes the result as a table, aligned, without lines, so that it can be cut and searched. */
  printTable<T>(rows: readonly T[], columns: readonly Column<T>[]): void {
    const table = new Table({
      head: columns.map(([heading]) => heading),
      style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
      chars: Object.fromEntries(BORDERS.map((border) => [border, ''])),
    });
    table.push(...rows.map((row) => columns.map(([, cell]) => cell(row))));
    for (const line of table.toString().split('\n')) this.print(line.trimEnd());
  }

  /** Tells how the work goes on, beside the result. */
  note(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** Tells somebody who watches what is done now; scripts and programs are spared it. */
  step(text: string): void {
    if (this.streams.stderr.isTTY && !this.isForPrograms) this.note(text);
  }

  /** Tells somebody who watches what is done, once it turns out to take a while. */
  async during<T>(text: string, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.step(text), PATIENCE_MS);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  /** What questions are asked at. */
  get questions(): { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream } {
    return { input: this.streams.stdin, output: this.streams.stderr };
  }

  /**
   * Asks for permission.
   *
   * @throws QuestionNeededError where nobody can answer, DeclinedError when the answer is no.
   */
  async confirm(question: string): Promise<void> {
    this.#refuseUnlessInteractive(question, 'Say --yes to agree beforehand.');
    if (!(await confirm({ message: question, default: false }, this.questions))) throw new DeclinedError();
  }

  /** Asks a question that is answered by yes or no. */
  async decide(question: string, fix: string): Promise<boolean> {
    this.#refuseUnlessInteractive(question, fix);
    return confirm({ message: question, default: false }, this.questions);
  }

  /** @throws QuestionNeededError where nobody can answer. */
  async ask(question: string, fix: string, initial?: string): Promise<string> {
    this.#refuseUnlessInteractive(question, fix);
    return input({ message: question, default: initial }, this.questions);
  }

  /** Asks for what must not be seen. */
  async askHidden(question: string, fix: string): Promise<string> {
    this.#refuseUnlessInteractive(question, fix);
    return password({ message: question, mask: '*' }, this.questions);
  }

  /** All that is piped in, without the line break at its end. */
  async readInput(): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of this.streams.stdin) pieces.push(Buffer.from(piece as Uint8Array));
    return Buffer.concat(pieces)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }

  #refuseUnlessInteractive(question: string, fix: string): void {
    if (!this.isInteractive) throw new QuestionNeededError(question, fix);
  }
}

/** How long silence is no question. */
const PATIENCE_MS = 1000;

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
  'middle',
] as const;
