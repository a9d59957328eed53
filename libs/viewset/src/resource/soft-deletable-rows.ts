import type { PlainModel, QuerySet, SoftDeletable } from '@core-framework/orm';

/** Rows of a model of which only its definition tells that they are soft-deleted. */
export function softDeletable(rows: object): QuerySet<PlainModel & SoftDeletable> {
  return rows as QuerySet<PlainModel & SoftDeletable>;
}
