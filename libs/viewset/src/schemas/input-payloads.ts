import { NON_FIELD_ERRORS, InvalidInputException, type PayloadSchemaSource } from '@core-framework/common';
import { inputSchemaOf } from '../openapi/input.schema.js';
import { compileInput, type InputSurroundings } from './input.compiler.js';
import { inputBasisOf } from './input-schema.js';

/**
 * Has data that does not come in a request read by inputs that are derived from models, as bodies are: field by field, then
 * the rows that it points to, then as a whole.
 */
export function inputPayloads(surroundings: Pick<InputSurroundings, 'relatedRows' | 'allowedExtensions'>) {
  const source: PayloadSchemaSource = (type) => {
    if (!inputBasisOf(type)) return undefined;
    const input = compileInput(type, { ...surroundings, ignored: new Set() });
    const declared = [...input.fields.keys(), ...input.extras];
    return {
      schema: { ...inputSchemaOf(input, false), additionalProperties: true },
      read: async (value) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) {
          throw new InvalidInputException({ [NON_FIELD_ERRORS]: [{ code: 'invalid', message: 'It is no object.' }] });
        }
        const known = declared.filter((name) => Object.hasOwn(value, name));
        const body = Object.fromEntries(known.map((name) => [name, (value as Record<string, unknown>)[name]]));
        return input.read(body, { partial: false });
      },
    };
  };
  return source;
}
