import { type ModelClass, modelDefinition } from '@core-framework/orm';

/**
 * Of what a schema let pass, the columns that clients may write. A schema of the application's own may ask for more (a
 * password twice), and must not be able to hand out flags by mistake.
 */
export function writableValues(model: ModelClass, values: object): Readonly<Record<string, unknown>> {
  const { fields } = modelDefinition(model);
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => {
      const field = fields.get(name);
      return field !== undefined && !field.generated && !field.readOnly && !field.hidden;
    }),
  );
}
