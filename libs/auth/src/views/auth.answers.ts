import type { ActionResponse } from '@core-framework/viewset';

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const orNull = (type: string, rest: object = {}) => ({ type: [type, 'null'], ...rest });

/** Describes an answer, all of whose members are always there. */
function answer(name: string, properties: Readonly<Record<string, object>>): ActionResponse {
  return { name, schema: { type: 'object', properties, required: Object.keys(properties) } };
}

const TOKENS = {
  access_token: { ...text, description: 'Shown as `Authorization: Bearer`.' },
  refresh_token: { ...text, description: 'Exchanged for a new pair at `refresh`; good once.' },
  token_type: { type: 'string', enum: ['bearer'] },
  expires_in: { type: 'integer', description: 'Seconds that the access token is good for.' },
} as const;

export const MESSAGE = answer('Message', { message: text });
export const NONCE = answer('Nonce', { nonce: text });
export const TOKEN_PAIR = answer('TokenPair', TOKENS);
const CSRF = { ...text, description: 'Shown as `X-CSRF-Token` by what changes something.' } as const;
/** Browsers that keep their tokens in cookies get the `csrf_token` of the new session instead of tokens. */
export const PASSWORD_CHANGED: ActionResponse = {
  name: 'PasswordChanged',
  schema: {
    type: 'object',
    properties: { message: text, ...TOKENS, csrf_token: CSRF },
    required: ['message', 'expires_in'],
  },
};
/** Where to send a browser; one that asks for a page is sent there at once. */
export const DEPARTURE = answer('OAuthDeparture', { url: { type: 'string', format: 'uri' } });
/** Tokens of whoever signed in, or `linked` for whoever was signed in and linked an account. */
export const ARRIVAL: ActionResponse = {
  name: 'OAuthArrival',
  schema: { type: 'object', properties: { ...TOKENS, linked: { type: 'boolean', enum: [true] } } },
};
const OAUTH_ACCOUNT = answer('OAuthAccountSummary', {
  id: { type: 'integer' },
  provider: text,
  email: orNull('string', { format: 'email' }),
  emailVerified: { type: 'boolean' },
  createdAt: time,
  lastUsedAt: time,
});
export const OAUTH_ACCOUNT_LIST: ActionResponse = {
  name: 'OAuthAccountList',
  schema: { type: 'array', items: OAUTH_ACCOUNT.schema },
};
/** RFC 7662; of a token that is not in force only `active` is told. */
export const TOKEN_STATUS: ActionResponse = {
  name: 'TokenStatus',
  schema: {
    type: 'object',
    properties: {
      active: { type: 'boolean' },
      sub: text,
      iss: text,
      aud: text,
      iat: { type: 'integer' },
      exp: { type: 'integer' },
      jti: text,
      sid: text,
      scope: text,
      token_type: { type: 'string', enum: ['Bearer'] },
    },
    required: ['active'],
  },
};
export const CSRF_TOKEN = answer('CsrfToken', { csrf_token: text });
export const COOKIE_SESSION = answer('CookieSession', {
  csrf_token: CSRF,
  expires_in: TOKENS.expires_in,
});
export const REVOKED_SESSIONS = answer('RevokedSessions', { revoked: { type: 'integer' } });
export const TOTP_SECRET = answer('TotpSecret', { secret: text, uri: text });
export const RECOVERY_CODES = answer('RecoveryCodes', { recoveryCodes: { type: 'array', items: text } });
export const TWO_FACTOR_STATUS = answer('TwoFactorStatus', {
  isEnabled: { type: 'boolean' },
  confirmedAt: orNull('string', { format: 'date-time' }),
  recoveryCodesLeft: { type: 'integer' },
});

const SESSION = answer('SessionSummary', {
  id: { type: 'string', format: 'uuid' },
  createdAt: time,
  lastSeenAt: time,
  expiresAt: time,
  ip: orNull('string'),
  userAgent: orNull('string'),
  authMethods: { type: 'array', items: text },
  isCurrent: { type: 'boolean', description: 'Whether it is the one that asks.' },
});
export const SESSION_LIST: ActionResponse = { name: 'SessionList', schema: { type: 'array', items: SESSION.schema } };

const API_KEY = {
  id: { type: 'string', format: 'uuid' },
  name: text,
  prefix: text,
  scopes: orNull('array', { items: text }),
  createdAt: time,
  expiresAt: orNull('string', { format: 'date-time' }),
  lastUsedAt: orNull('string', { format: 'date-time' }),
} as const;
export const API_KEY_LIST: ActionResponse = {
  name: 'ApiKeyList',
  schema: { type: 'array', items: answer('ApiKeySummary', API_KEY).schema },
};
export const NEW_API_KEY = answer('NewApiKey', {
  ...API_KEY,
  key: { ...text, description: 'Shown as `X-API-Key`; told this once.' },
});

const REGISTERED = {
  id: { type: ['integer', 'string'] },
  email: { type: 'string', format: 'email' },
  firstName: text,
  lastName: text,
  isActive: { type: 'boolean' },
  isVerified: { type: 'boolean' },
  dateJoined: time,
} as const;
/**
 * The account as `me` shows it; where addresses have to be confirmed, only the message is told, whether there was an account or
 * not.
 */
export const REGISTRATION: ActionResponse = {
  name: 'RegistrationAnswer',
  schema: { type: 'object', properties: { ...REGISTERED, message: text }, additionalProperties: true },
};
