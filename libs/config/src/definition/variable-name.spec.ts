import { expect, test } from '@jest/globals';
import { variableNameOf } from './variable-name.js';

test.each([
  ['host', 'HOST'],
  ['databaseUrl', 'DATABASE_URL'],
  ['stripeAPIKey', 'STRIPE_API_KEY'],
  ['oauth2Url', 'OAUTH2_URL'],
  ['dbEcho', 'DB_ECHO'],
])('%s is read from %s', (property, variable) => {
  expect(variableNameOf(property)).toBe(variable);
});
