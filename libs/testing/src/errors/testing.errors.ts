import { CoreError } from '@core-framework/common';

/** Says that some work took another number of statements than a test expects. */
export class QueryCountError extends CoreError {
  readonly code = 'TESTING_QUERY_COUNT';

  constructor(
    readonly expected: number,
    readonly statements: readonly string[],
  ) {
    const list = statements.map((statement, index) => `\n  ${index + 1}. ${statement}`).join('');
    super(`${expected} statements were expected and ${statements.length} were sent:${list || ' none'}`, {
      fix: 'Look for rows that are fetched one by one, or correct the number.',
    });
  }
}
