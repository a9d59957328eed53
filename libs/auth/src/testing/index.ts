export { type HasherCase, PASSWORD_HASHER_CASES } from './password-hasher.conformance.js';
export { TOKEN_BACKEND_CASES, type TokenBackendCase, type TokenBackendFactory } from './token-backend.conformance.js';
