import { AuthSettings, type CoreSettings } from '@core-framework/config';
import type { Principal } from '@core-framework/common';
import type { Type } from '@nestjs/common';
import type { AuthBackend } from '../authentication/auth-backend.js';
import { audienceOf } from '../auth.options.js';
import { refuseUnknownOptions } from '../checks/unknown-options.js';
import { AuthOptionsError } from '../errors/auth.errors.js';
import type { AccessTokenClaims } from './access-token-claims.js';

/** Options of `AuthModule.forResourceServer`; each is the setting of its name unless given here. */
export interface ResourceServerOptions {
  /** Where the service that issues tokens publishes its keys. @defaultValue `AUTH_JWKS_URL` */
  readonly jwksUrl?: string;
  /** The key that both services share, where none are published. @defaultValue `SECRET_KEY` */
  readonly secretKey?: string;
  /** Former shared keys. @defaultValue `SECRET_KEY_FALLBACKS` */
  readonly secretKeyFallbacks?: readonly string[];
  /** Algorithms of tokens. @defaultValue EdDSA, ES256 and RS256 with published keys, else `AUTH_ALGORITHM` */
  readonly algorithms?: readonly string[];
  /** Who issues tokens. @defaultValue `AUTH_TOKEN_ISSUER` */
  readonly issuer?: string;
  /** Whom they are meant for. @defaultValue `AUTH_TOKEN_AUDIENCE`, which is the issuer */
  readonly audience?: string;
  /** The `typ` header of access tokens; `false` for issuers that do not tell their kinds of tokens apart. @defaultValue 'at+jwt' */
  readonly tokenType?: string | false;
  /** Makes the caller of the claims of a token. @defaultValue {@link TokenPrincipal} */
  readonly principal?: (claims: AccessTokenClaims) => Principal;
  /** Origins to which `CallerForwarding` sends the caller's token along. @defaultValue none */
  readonly forwardTo?: readonly string[];
}

/** What the module must know before its options are there. */
export interface ResourceServerExtras {
  /** Ways in of the application's own, asked after tokens. @defaultValue [] */
  readonly backends?: readonly Type<AuthBackend>[];
  /** Whether other modules see its services without importing it. @defaultValue true */
  readonly isGlobal?: boolean;
}

/** {@link ResourceServerOptions} with every default filled in. */
export interface ResolvedResourceServerOptions extends Required<
  Omit<ResourceServerOptions, 'jwksUrl' | 'principal' | 'secretKey' | 'secretKeyFallbacks'>
> {
  /** Where keys are published, or the keys that are shared. */
  readonly trust: { readonly jwksUrl: string } | { readonly secrets: readonly [string, ...string[]] };
  readonly principal?: ResourceServerOptions['principal'];
}

/** Token of the options as they were given. */
export const RESOURCE_SERVER_OPTIONS = Symbol.for('@core-framework/auth:resource-server-options');
/** Token of the {@link ResolvedResourceServerOptions}. */
export const RESOLVED_RESOURCE_SERVER_OPTIONS = Symbol.for('@core-framework/auth:resolved-resource-server-options');

const PUBLIC_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
const FEWEST_BYTES = 32;
const OPTIONS = Object.keys({
  jwksUrl: true,
  secretKey: true,
  secretKeyFallbacks: true,
  algorithms: true,
  issuer: true,
  audience: true,
  tokenType: true,
  principal: true,
  forwardTo: true,
} satisfies Record<keyof ResourceServerOptions, true>);
const EXTRAS = Object.keys({ backends: true, isGlobal: true } satisfies Record<keyof ResourceServerExtras, true>);

/** @throws AuthOptionsError when there is neither an address of keys nor a shared one, or one of them is none. */
export function resolveResourceServerOptions(
  options: ResourceServerOptions,
  settings?: CoreSettings,
): ResolvedResourceServerOptions {
  refuseUnknownOptions('AuthModule.forResourceServer()', options, OPTIONS, EXTRAS);
  const known = settings ?? new AuthSettings();
  const trust = trustOf(options, settings);
  const issuer = options.issuer ?? known.authTokenIssuer;
  if (issuer === '') refuse('has no issuer', 'Set AUTH_TOKEN_ISSUER to what it is in the service that issues tokens.');
  const { authAlgorithm } = known;
  const shared = authAlgorithm.startsWith('HS') ? authAlgorithm : 'HS256';
  return Object.freeze({
    trust,
    algorithms: options.algorithms ?? ('jwksUrl' in trust ? PUBLIC_ALGORITHMS : [shared]),
    issuer,
    audience: options.audience ?? audienceOf(known, issuer),
    tokenType: options.tokenType ?? 'at+jwt',
    principal: options.principal,
    forwardTo: (options.forwardTo ?? []).map(originOf),
  });
}

function trustOf(options: ResourceServerOptions, settings?: CoreSettings): ResolvedResourceServerOptions['trust'] {
  const { jwksUrl = options.secretKey === undefined ? settings?.authJwksUrl : undefined, secretKey } = options;
  if (jwksUrl !== undefined) {
    if (secretKey !== undefined) refuse('has both jwksUrl and secretKey', 'Name one of them.');
    if (!/^https?:\/\/[^/]/.test(jwksUrl) || !URL.canParse(jwksUrl)) {
      refuse('has a jwksUrl that is none', 'Write https://users.example.com/.well-known/jwks.json.');
    }
    return { jwksUrl };
  }
  const secret = secretKey ?? settings?.secretKey ?? '';
  if (secret === '' || (secretKey !== undefined && Buffer.byteLength(secret) < FEWEST_BYTES)) {
    const problem = secret === '' ? 'has neither jwksUrl nor secretKey' : 'has a secretKey of less than 32 bytes';
    refuse(problem, 'Set AUTH_JWKS_URL, or SECRET_KEY to what it is in the service that issues tokens.');
  }
  return { secrets: [secret, ...(options.secretKeyFallbacks ?? settings?.secretKeyFallbacks ?? [])] };
}

function originOf(address: string): string {
  const origin = URL.canParse(address) ? new URL(address).origin : 'null';
  if (origin === 'null') refuse('has a forwardTo that is no origin', 'Write http://user-api:8000.');
  return origin;
}

function refuse(problem: string, fix: string): never {
  throw new AuthOptionsError(`AuthModule.forResourceServer() ${problem}.`, fix);
}
