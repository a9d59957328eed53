/** Where the migrations of the service are. */
export const MIGRATIONS = new URL('./', import.meta.url);
