import { CoreError } from '@core-framework/common';

/** Thrown when fixtures cannot be loaded; nothing of them was kept. */
export class FixtureError extends CoreError {
  readonly code = 'FIXTURE_INVALID';

  constructor(
    /** Position of the object in the list, from 0. */
    readonly index: number,
    problem: string,
    { cause, field, model }: { readonly cause?: unknown; readonly field?: string; readonly model?: string } = {},
  ) {
    super(`Fixture ${index}${model ? `, ${[model, field].filter(Boolean).join('.')}` : ''}, ${problem}.`, {
      cause,
      fix: 'Correct the object and load the fixtures again: they are loaded all or none.',
    });
    this.model = model;
    this.field = field;
  }

  readonly model: string | undefined;
  readonly field: string | undefined;
}
