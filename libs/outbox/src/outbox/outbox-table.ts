import type { LeaseTable } from '../leases/lease-table.js';

/** The outbox, for the lease engine. */
export const OUTBOX_TABLE: LeaseTable = {
  name: 'outbox_messages',
  columns: ['id', 'channel', 'type', 'topic', 'key', 'payload', 'headers'],
  doneColumn: 'sent_at',
  keyColumns: ['topic', 'key'],
};
