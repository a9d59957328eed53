/** Name of the connection that is meant when none is named. */
export const DEFAULT_CONNECTION = 'default';

/** What a query may say instead of the name of a connection: that replicas are not asked. */
export const PRIMARY = 'primary';
