export { AUTH_BACKEND_CASES, type AuthBackendCase, type AuthBackendSubject } from './auth-backend.conformance.js';
export { MAIL_SENDER_CASES, type MailSenderCase, type MailSenderSubject } from './mail-sender.conformance.js';
export { type HasherCase, PASSWORD_HASHER_CASES } from './password-hasher.conformance.js';
export { TOKEN_BACKEND_CASES, type TokenBackendCase, type TokenBackendFactory } from './token-backend.conformance.js';
