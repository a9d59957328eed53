const MEMBERS =
  /"(?:password|passwordConfirm|currentPassword|newPassword|access_token|refresh_token|csrf_token|mfaToken|token|secret|client_secret|key)":"([^"\\]*)"/g;
const COOKIES = /(?:__Host-auth|__Secure-auth-refresh)=([^;\s]+)/g;
const MAILED = /#(?:token|code)=([\w-]+)/g;
const BEARER = /"authorization":"Bearer ([\w.-]+)"/gi;
const API_KEY = /"x-api-key":"([\w.-]+)"/gi;
const RECOVERY_CODES = /"recoveryCodes":\[([^\]]*)\]/g;

/** What bodies, headers and mails of the account endpoints hold of secrets. */
export function secretsIn(text: string): string[] {
  const found = [MEMBERS, COOKIES, MAILED, BEARER, API_KEY].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, secret = '']) => secret),
  );
  const lists = [...text.matchAll(RECOVERY_CODES)].map(([, codes = '']) => codes);
  return [...found, ...lists.flatMap((codes) => codes.match(/[^",]+/g) ?? [])];
}
