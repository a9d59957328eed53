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

/** Says that routes are open that must not be, or closed that should be open. */
export class RouteInventoryError extends CoreError {
  readonly code = 'TESTING_ROUTE_INVENTORY';

  constructor(
    readonly open: readonly string[],
    readonly missing: readonly string[],
  ) {
    const part = (title: string, routes: readonly string[]) =>
      routes.length > 0 ? [`${title}:${routes.map((route) => `\n  ${route}`).join('')}`] : [];
    const parts = [...part('Open, and not listed', open), ...part('Listed, and closed or not there', missing)];
    super(parts.join('\n'), { fix: 'Protect the route by a permission, or change the list on purpose.' });
  }
}

/** Says that an application does not keep a statement of the security checklist. */
export class SecurityCheckError extends CoreError {
  readonly code = 'TESTING_SECURITY_CHECK';

  constructor(
    readonly statement: string,
    readonly findings: readonly string[],
  ) {
    super(`${statement}:${findings.map((finding) => `\n  ${finding}`).join('')}`, {
      fix: 'Correct the routes that are named; README.md of @core-framework/testing says what each check asks for.',
    });
  }
}

/** Says that a table or the log of an application holds secrets that were used. */
export class LeakedSecretError extends CoreError {
  readonly code = 'TESTING_LEAKED_SECRET';

  constructor(readonly findings: readonly string[]) {
    super(`Secrets stand in clear:${findings.map((finding) => `\n  ${finding}`).join('')}`, {
      fix: 'Keep a hash of it, and have log lines say who and what, not by which secret.',
    });
  }
}
