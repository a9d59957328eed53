import type { ResponseFormat } from '@core-framework/config';
import { InvalidOptionError } from '../errors/viewset.errors.js';

const FORMATS: readonly ResponseFormat[] = ['bare', 'envelope'];

/** @throws InvalidOptionError for a format that does not exist, which would pass for `bare`. */
export function checkedResponseFormat(owner: string, format: ResponseFormat): ResponseFormat {
  if (FORMATS.includes(format)) return format;
  throw new InvalidOptionError(owner, `its "responseFormat" is none.`, `Use ${FORMATS.join(' or ')}.`);
}
