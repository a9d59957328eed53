import type { CheckFinding } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';

interface DeployRule {
  readonly code: string;
  readonly level: CheckFinding['level'];
  readonly variable: string;
  readonly message: string;
  readonly fix: string;
  isBroken(settings: CoreSettings): boolean;
}

const RULES: readonly DeployRule[] = [
  {
    code: 'DEPLOY_ENVIRONMENT',
    level: 'error',
    variable: 'ENVIRONMENT',
    message: 'The application does not know that it is in production, so that its safety checks are off.',
    fix: 'Set ENVIRONMENT=production.',
    isBroken: ({ isProduction }) => !isProduction,
  },
  {
    code: 'DEPLOY_DEBUG',
    level: 'error',
    variable: 'DEBUG',
    message: 'Clients see details of unexpected errors.',
    fix: 'Set DEBUG=false.',
    isBroken: ({ debug }) => debug,
  },
  {
    code: 'DEPLOY_EMBEDDED_DATABASE',
    level: 'warning',
    variable: 'DATABASE_URL',
    message: 'The database is a file of this machine; containers lose it, and other machines do not see it.',
    fix: 'Set DATABASE_URL to a PostgreSQL server, unless one machine with a kept disk is all there is.',
    isBroken: ({ databaseUrl }) => databaseUrl === undefined || /^(?:sqlite|pglite)/.test(databaseUrl),
  },
  {
    code: 'DEPLOY_LOG_FORMAT',
    level: 'warning',
    variable: 'LOG_FORMAT',
    message: 'Logs are written for people, not for the tools that collect them.',
    fix: 'Set LOG_FORMAT=json.',
    isBroken: ({ logFormat }) => logFormat !== 'json',
  },
  {
    code: 'DEPLOY_TRUST_PROXY',
    level: 'warning',
    variable: 'TRUST_PROXY',
    message: 'Behind a proxy all clients have one address, so that they share their limits and logs show the proxy.',
    fix: 'Set TRUST_PROXY to the number of proxies or their addresses, or silence this check where there is none.',
    isBroken: ({ trustProxy }) => !trustProxy || (Array.isArray(trustProxy) && trustProxy.length === 0),
  },
  {
    code: 'DEPLOY_OPEN_CORS',
    level: 'warning',
    variable: 'BACKEND_CORS_ORIGINS',
    message: 'Scripts of every origin may call the API.',
    fix: 'List the origins of your front ends.',
    isBroken: ({ backendCorsOrigins }) => backendCorsOrigins.includes('*'),
  },
];

/** What a server on the internet should not run with. */
export function deployFindings(settings: CoreSettings): CheckFinding[] {
  return RULES.filter((rule) => rule.isBroken(settings)).map(({ code, level, variable, message, fix }) => ({
    code,
    level,
    subject: variable,
    message,
    fix,
  }));
}
