import { CheckRegistry } from '@core-framework/common';
import { expect, test } from '@jest/globals';
import type { ResolvedAuthOptions } from '../auth.options.js';
import { AuthChecks } from './auth-checks.js';

const provider = (issuer: string) => ({ name: 'acme', issuer, clientId: 'x', clientSecret: 'y' });
const WELL = {
  cookieSecure: true,
  throttleEnabled: true,
  passwordMinLength: 8,
  publicUrl: 'https://example.com',
  oauthProviders: [provider('https://sign-in.example.com')],
};
const found = async (options: Partial<ResolvedAuthOptions>, deploy = true) => {
  const checks = new CheckRegistry();
  new AuthChecks({ ...WELL, ...options } as ResolvedAuthOptions, checks).onModuleInit();
  return (await checks.run({ deploy })).map(({ code, level }) => `${level} ${code}`);
};

test('what accounts would suffer from in production is found, there alone', async () => {
  expect(await found({})).toEqual([]);
  expect(await found({ cookieSecure: false })).toEqual(['error AUTH_INSECURE_COOKIES']);
  expect(await found({ throttleEnabled: false })).toEqual(['error AUTH_UNTHROTTLED']);
  expect(await found({ passwordMinLength: 7 })).toEqual(['warning AUTH_SHORT_PASSWORDS']);
  expect(await found({ publicUrl: 'http://localhost:3000' })).toEqual(['warning AUTH_LOCAL_LINKS']);
  const insecure = [...WELL.oauthProviders, provider('http://sign-in.example.com')];
  expect(await found({ oauthProviders: insecure })).toEqual(['warning AUTH_INSECURE_PROVIDER']);
  expect(await found({ cookieSecure: false, throttleEnabled: false }, false)).toEqual([]);
});
