import type { OutputProperty, Row } from './output-property.js';

/** What is sent for one row: plain data with exactly the names of the schema. */
export type Representation = Record<string, unknown>;

/**
 * Writes the function that shows a row of which nothing but columns is shown, as one object literal: setting its properties
 * one by one by their names takes several times as long. Names enter the code as JSON texts, nothing else does.
 */
export function compileRepresentation(properties: readonly OutputProperty[]): (row: Row) => Representation {
  const members = properties.map(({ name, read }, index) => {
    const key = JSON.stringify(name);
    return `[${key}]: ${read ? `read[${index}](row)` : `row[${key}] ?? null`}`;
  });
  // oxlint-disable-next-line typescript/no-implied-eval -- see above
  const make = new Function('read', `return (row) => ({ ${members.join(', ')} });`) as (
    readers: readonly OutputProperty['read'][],
  ) => (row: Row) => Representation;
  return make(properties.map(({ read }) => read));
}
