export { TASK_BACKEND_CASES, type TaskBackendCase, type TaskBackendUnderTest } from './backend.conformance.js';
