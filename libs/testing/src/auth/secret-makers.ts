import { ApiKeys, Hash, OneTimeTokens, Tokens } from '@core-framework/auth';
import type { Type } from '@nestjs/common';
import type { TestApp } from '../app/test-app.js';

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** The services through which every secret goes, whoever calls them, and the methods that take or answer one. */
const TAKERS: readonly (readonly [service: Type, method: string])[] = [
  [Hash, 'make'],
  [Hash, 'check'],
];
const MAKERS: readonly (readonly [service: Type, method: string])[] = [
  [Tokens as Type, 'createAccessToken'],
  [Tokens as Type, 'createToken'],
  [Tokens as Type, 'writeRefreshToken'],
  [OneTimeTokens as Type, 'issue'],
  [ApiKeys as Type, 'create'],
];

/** Has `hear` told of every password that is hashed or checked, and of every token and key that is made. */
export function listenToSecretMakers(app: TestApp, hear: (secret: string) => void): void {
  for (const [service, name] of TAKERS) {
    replaceMethod(
      app,
      service,
      name,
      (method) =>
        function (this: unknown, ...args) {
          if (typeof args[0] === 'string') hear(args[0]);
          return method.apply(this, args);
        },
    );
  }
  for (const [service, name] of MAKERS) {
    replaceMethod(
      app,
      service,
      name,
      (method) =>
        async function (this: unknown, ...args) {
          const made = await method.apply(this, args);
          const secret = typeof made === 'string' ? made : (made as { readonly key?: unknown }).key;
          if (typeof secret === 'string') hear(secret);
          return made;
        },
    );
  }
}

function replaceMethod(app: TestApp, service: Type, name: string, wrap: (method: Method) => Method): void {
  const target = providerOf(app, service);
  if (!target) return;
  target[name] = wrap((target[name] as Method).bind(target));
}

/** `undefined` where the application has no such service: one without users makes no tokens. */
function providerOf(app: TestApp, service: Type): Record<string, unknown> | undefined {
  try {
    return app.nest.get<Record<string, unknown>>(service, { strict: false });
  } catch {
    return undefined;
  }
}
