/** Where the migrations of the sample are. */
export const MIGRATIONS = new URL('./', import.meta.url);
