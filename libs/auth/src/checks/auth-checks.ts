import { type CheckFinding, CheckRegistry } from '@core-framework/common';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';

interface AuthRule extends Omit<CheckFinding, 'level'> {
  readonly level: CheckFinding['level'];
  isBroken(options: ResolvedAuthOptions): boolean;
}

/** Below this, length alone does not protect a password. */
const SHORTEST_PASSWORD = 8;

const RULES: readonly AuthRule[] = [
  {
    code: 'AUTH_INSECURE_COOKIES',
    level: 'error',
    subject: 'AUTH_COOKIE_SECURE',
    message: 'Cookies of sign-ins are sent without encryption, where others can read them.',
    fix: 'Set AUTH_COOKIE_SECURE=true.',
    isBroken: ({ cookieSecure }) => !cookieSecure,
  },
  {
    code: 'AUTH_UNTHROTTLED',
    level: 'error',
    subject: 'AUTH_THROTTLE_ENABLED',
    message: 'Passwords and codes can be guessed as fast as the server answers.',
    fix: 'Set AUTH_THROTTLE_ENABLED=true.',
    isBroken: ({ throttleEnabled }) => !throttleEnabled,
  },
  {
    code: 'AUTH_SHORT_PASSWORDS',
    level: 'warning',
    subject: 'AUTH_PASSWORD_MIN_LENGTH',
    message: `Passwords may have less than ${SHORTEST_PASSWORD} characters.`,
    fix: `Set AUTH_PASSWORD_MIN_LENGTH to ${SHORTEST_PASSWORD} or more; 15 is better.`,
    isBroken: ({ passwordMinLength }) => passwordMinLength < SHORTEST_PASSWORD,
  },
  {
    code: 'AUTH_LOCAL_LINKS',
    level: 'warning',
    subject: 'AUTH_PUBLIC_URL',
    message: 'Links in mails lead to the machine of whoever opens them.',
    fix: 'Set AUTH_PUBLIC_URL to the address of your site.',
    isBroken: ({ publicUrl }) => /^(?:localhost|127\.|\[?::1)/.test(new URL(publicUrl).hostname),
  },
  {
    code: 'AUTH_INSECURE_PROVIDER',
    level: 'warning',
    subject: 'oauthProviders',
    message:
      'A service that people sign in with is asked without encryption: whoever answers in its place is believed.',
    fix: 'Give the provider an issuer of https.',
    isBroken: ({ oauthProviders }) => oauthProviders.some(({ issuer }) => issuer.startsWith('http:')),
  },
];

/** What accounts would suffer from in production. */
@Injectable()
export class AuthChecks implements OnModuleInit {
  constructor(
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
    private readonly checks: CheckRegistry,
  ) {}

  onModuleInit(): void {
    this.checks.register(
      () =>
        RULES.filter((rule) => rule.isBroken(this.options)).map(({ code, level, subject, message, fix }) => ({
          code,
          level,
          subject,
          message,
          fix,
        })),
      { deploy: true },
    );
  }
}
