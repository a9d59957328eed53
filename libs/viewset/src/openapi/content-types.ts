import type { CompiledAction } from '../compiler/compiled-action.js';

export const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';
export const MULTIPART_TYPE = 'multipart/form-data';

/** The types of body that an action reads: inputs with files are sent as forms, others where the action takes them. */
export function acceptedTypes({ input, bulk, partial, route }: CompiledAction): readonly string[] {
  if (bulk) return [JSON_TYPE];
  if (!input) return [];
  const hasFiles = input.uploads.size > 0;
  const takesForms = route.options?.form ?? hasFiles;
  return [
    ...(input.takesJson(partial) ? [JSON_TYPE] : []),
    ...(takesForms ? [hasFiles ? MULTIPART_TYPE : FORM_TYPE] : []),
  ];
}
