import { UploadedFile } from '@core-framework/common';
import { accept, refuse } from '../parse-outcome.js';
import { EQUALITY_LOOKUPS, type FieldType } from './field-type.js';
import { isStorableText } from './text.types.js';

const NOT_A_FILE = refuse(
  'invalid',
  'The submitted data was not a file. Check the encoding type on the form: multipart/form-data.',
);
const EMPTY = refuse('empty', 'The submitted file is empty.');

/** The key of a stored file: a text in the column and in code, an upload in an input, an address in JSON. */
export const fileType: FieldType = {
  parser: () => (value) => {
    if (!(value instanceof UploadedFile)) return NOT_A_FILE;
    return value.size === 0 ? EMPTY : accept(value);
  },
  textParser: () => (value) => {
    if (value instanceof UploadedFile) return value.size === 0 ? EMPTY : accept(value);
    return NOT_A_FILE;
  },
  accepts: isStorableText,
  schema: () => ({ type: 'string', format: 'uri-reference' }),
  lookups: EQUALITY_LOOKUPS,
};
