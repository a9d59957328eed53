/** JSON Schemas of what error bodies are made of, by the names that their members have in every format. */
export const ERROR_MEMBER_SCHEMAS = {
  detail: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }] },
  code: { type: 'string', description: 'Stable and meant for programs.' },
  errors: {
    type: 'object',
    description: 'What is wrong, by field.',
    additionalProperties: {
      type: 'array',
      items: {
        type: 'object',
        properties: { code: { type: 'string' }, message: { type: 'string' } },
        required: ['code', 'message'],
      },
    },
  },
  requestId: { type: 'string' },
} as const;

/** JSON Schema of the format `detail`, which errors have unless the application chooses another one. */
export const ERROR_SCHEMA = {
  type: 'object',
  properties: ERROR_MEMBER_SCHEMAS,
  required: ['detail', 'code'],
} as const;
