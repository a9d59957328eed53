import { CoreSettings } from '@core-framework/config';
import type { Provider } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { AuthCookies } from './auth-cookies.js';
import { CookieAnswers } from './cookie-answers.js';
import { CookieSessions } from './cookie-sessions.service.js';
import { CookieBackend } from './cookie.backend.js';
import { CsrfProtection } from './csrf-protection.js';

const DAY_SECONDS = 86_400;

/** What an application has that lets browsers in by cookies. */
export const COOKIE_PROVIDERS: readonly Provider[] = [
  {
    provide: AuthCookies,
    inject: [RESOLVED_AUTH_OPTIONS, { token: CoreSettings, optional: true }],
    useFactory: ({ refreshTokenExpireDays, cookieSecure }: ResolvedAuthOptions, settings?: CoreSettings) =>
      new AuthCookies({
        secure: cookieSecure,
        refreshPath: `${settings?.apiPrefix ?? ''}/auth/cookie`,
        maxAge: refreshTokenExpireDays * DAY_SECONDS,
      }),
  },
  CsrfProtection,
  CookieAnswers,
  CookieSessions,
  CookieBackend,
];
