/** Bytes that bodies of account endpoints may have: most are sent by callers whom nobody knows yet. */
export const AUTH_BODY_LIMIT = 64 * 1024;
