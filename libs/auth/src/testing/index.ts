export { type HasherCase, PASSWORD_HASHER_CASES } from './password-hasher.conformance.js';
