import { parseArgs } from 'node:util';

/** What a benchmark is asked for on the command line. */
export interface BenchOptions {
  /** Whether the figures are printed for machines. */
  readonly json: boolean;
  /** Whether they are printed as tables to paste into a README. */
  readonly markdown: boolean;
  /** The scenarios that are run, by parts of their names; all when there are none. */
  readonly only: readonly string[];
  /** How long each rival is loaded in each round. */
  readonly seconds: number | undefined;
  readonly rounds: number | undefined;
  /** The folder that each server writes a CPU profile to. */
  readonly profile: string | undefined;
}

/** @throws TypeError for a flag that does not exist. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  return {
    ...values,
    only: values.only.split(',').filter(Boolean),
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    profile: values.profile,
  };
}

function positive(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new TypeError(`--${flag} takes a whole number from 1 on.`);
}
