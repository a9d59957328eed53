import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** `--project`, for workspaces that hold several applications. */
export const PROJECT_OPTION = () => new Option('-p, --project <name>', 'one of several applications in nest-cli.json');

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Collects the values of an option that may be repeated, or have several between commas. */
export function collectListed(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...value.split(',').map((item) => item.trim())];
}

/** Reads an option as the number of a port, as variables have it. */
export function portNumber(option: string): (value: string) => string {
  return (value) => {
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return value;
    throw new InvalidArgumentError(`${option} takes the number of a port.`);
  };
}

/** Reads an option as a whole number that is not smaller than `least`. */
export function wholeNumber(option: string, least = 0): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`${option} takes a whole number of at least ${least}.`);
  };
}
