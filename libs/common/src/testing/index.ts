export { FILE_STORAGE_CASES, type StorageCase } from './file-storage.conformance.js';
