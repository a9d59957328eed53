/** What a fault did. */
export interface FaultOutcome {
  /** How much was to be done. */
  readonly messages: number;
  /** Of it, what was never done. */
  readonly lost: number;
  /** What was done again although it had been done. */
  readonly duplicated: number;
  /** Seconds from the moment at which all that is needed was there again until work went on. */
  readonly recoverySeconds?: number;
  /** What else was seen. */
  readonly note?: string;
}

/** One fault, and what must not come of it. */
export interface FaultTest {
  /** Stable, for `--only`. */
  readonly name: string;
  readonly fault: string;
  /** What it runs on: `redis`, `database on postgresql`. */
  readonly on: string;
  /** Rejects when something else than losses and repetitions went wrong. */
  run(): Promise<FaultOutcome>;
}

/** The tests of a package, and what they share. */
export interface FaultSuite extends AsyncDisposable {
  readonly tests: readonly FaultTest[];
  /** What cannot be tested because it does not run here. */
  readonly missing: readonly string[];
}

/** What `npm run test:reliability` was asked for. */
export interface FaultOptions {
  /** How much work a test does, as a multiple of the usual. */
  readonly scale: number;
  /** What to run on; all when empty. */
  readonly on: readonly string[];
}

/** A line of the table that is printed. */
export type FaultRow = Omit<FaultTest, 'run'> & Partial<FaultOutcome> & { readonly error?: string };

const LONGEST_MS = 180_000;

/** Runs a test, for three minutes at most. */
export async function runFaultTest({ name, fault, on, run }: FaultTest): Promise<FaultRow> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${LONGEST_MS / 1000} seconds.`)), LONGEST_MS);
  });
  try {
    return { name, fault, on, ...(await Promise.race([run(), late])) };
  } catch (error) {
    return { name, fault, on, error: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a fault had no consequence. */
export function isSurvived({ lost, duplicated, error }: FaultRow): boolean {
  return error === undefined && lost === 0 && duplicated === 0;
}
