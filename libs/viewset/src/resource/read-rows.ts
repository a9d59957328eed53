import type { QuerySet } from '@core-framework/orm';
import type { CompiledOutput } from '../schemas/output.compiler.js';

/** Reads rows in the form that an output needs: plain columns wherever nothing asks for entities. */
export function readRows<T extends object>(
  output: CompiledOutput,
  rows: QuerySet<T>,
  further: readonly string[] = [],
): Promise<readonly object[]> {
  if (output.needsEntity) return rows.all();
  const columns = further.length ? [...new Set([...output.columns, ...further])] : output.columns;
  return rows.rows({ columns, json: true });
}
