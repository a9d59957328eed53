import { type ActionOptions, AllowAny, IsAuthenticated } from '@core-framework/viewset';
import { RequireSession } from '../permissions/session.permissions.js';
import { MESSAGE, PASSWORD_CHANGED, REGISTRATION, REVOKED_SESSIONS, SESSION_LIST, TOKEN_PAIR } from './auth.answers.js';
import {
  ChangePasswordInput,
  DeleteAccountInput,
  EmailInput,
  LoginInput,
  OneTimeTokenInput,
  RefreshInput,
  ResetPasswordInput,
} from './auth.inputs.js';

// Passwords are hashed and mails are made outside of transactions; each service opens the one it needs.
const open = { method: 'POST', permissions: [AllowAny], transaction: false } as const;
// Programs with a key, and tokens that are limited, do not manage the account.
const own = { method: 'POST', permissions: [RequireSession], transaction: false } as const;

// More hashes than can be made at once are refused.
const hashing = { errors: [503] } as const;

/** The endpoints of accounts, by the methods that answer them. */
export const AUTH_ROUTES = {
  register: { ...open, ...hashing, status: 201, response: REGISTRATION, summary: 'Open an account' },
  // The form is what RFC 6749 sends, and the documentation's Authorize button with it; tokens go into no cookie here.
  login: { ...open, ...hashing, input: LoginInput, form: true, response: TOKEN_PAIR, summary: 'Sign in' },
  refresh: {
    ...open,
    input: RefreshInput,
    response: TOKEN_PAIR,
    summary: 'Exchange a refresh token for its successor',
  },
  logout: { ...own, status: 204, summary: 'End the session' },
  me: { method: 'GET', permissions: [IsAuthenticated], summary: 'Show the account' },
  updateMe: { ...own, method: 'PATCH', path: 'me', summary: 'Change the account' },
  deleteMe: {
    ...own,
    ...hashing,
    method: 'DELETE',
    path: 'me',
    status: 204,
    input: DeleteAccountInput,
    summary: 'Delete the account',
  },
  password: {
    ...own,
    ...hashing,
    input: ChangePasswordInput,
    response: PASSWORD_CHANGED,
    summary: 'Change the password',
  },
  forgotPassword: {
    ...open,
    path: 'forgot-password',
    status: 202,
    input: EmailInput,
    summary: 'Ask for a link to set a new password',
  },
  resetPassword: {
    ...open,
    ...hashing,
    path: 'reset-password',
    input: ResetPasswordInput,
    message: 'Password changed successfully',
    response: MESSAGE,
    summary: 'Set a new password',
  },
  requestVerification: {
    ...open,
    path: 'verify-email/request',
    status: 202,
    input: EmailInput,
    summary: 'Ask for a link to confirm the address',
  },
  verifyEmail: {
    ...open,
    path: 'verify-email',
    input: OneTimeTokenInput,
    message: 'E-mail address confirmed',
    response: MESSAGE,
    summary: 'Confirm the address',
  },
  sessions: {
    method: 'GET',
    permissions: [RequireSession],
    response: SESSION_LIST,
    summary: 'List the sessions that are going on',
  },
  endSession: {
    ...own,
    method: 'DELETE',
    path: 'sessions/:id',
    status: 204,
    params: { id: 'uuid' },
    summary: 'End a session',
  },
  endOtherSessions: {
    ...own,
    path: 'sessions/revoke-others',
    response: REVOKED_SESSIONS,
    summary: 'End all sessions but this one',
  },
} as const satisfies Readonly<Record<string, ActionOptions>>;

/** Name of a method of `AuthViewSet`. */
export type AuthRoute = keyof typeof AUTH_ROUTES;

/** Paths by which other frameworks know the same endpoints. */
export const AUTH_ALIASES: readonly (readonly [path: string, route: AuthRoute])[] = [
  ['login/json', 'login'],
  ['jwt/login', 'login'],
  ['jwt/logout', 'logout'],
  ['users/me', 'me'],
  ['users/me', 'updateMe'],
  ['users/me', 'deleteMe'],
  ['change-password', 'password'],
  ['request-verify-token', 'requestVerification'],
  ['verify', 'verifyEmail'],
];
