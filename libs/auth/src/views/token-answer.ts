import type { ActionContext } from '@core-framework/viewset';
import type { TokenPair } from '../sessions/sessions.service.js';

/** The tokens as RFC 6749 names them; it forbids to keep the answer. */
export function tokensOf(
  { accessToken, refreshToken, expiresIn }: TokenPair,
  { reply }: Pick<ActionContext, 'reply'>,
): Readonly<Record<string, string | number>> {
  void reply.header('cache-control', 'no-store');
  return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: expiresIn };
}
