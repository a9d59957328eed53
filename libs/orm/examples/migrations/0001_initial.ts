import { createTable, Migration } from '@core-framework/orm';

/** Create table members. */
export class Initial extends Migration {
  readonly operations = [
    createTable('members', {
      columns: {
        id: { type: 'integer', primaryKey: true, autoIncrement: true },
        created_at: { type: 'datetime' },
        updated_at: { type: 'datetime' },
        email: { type: 'string', length: 254 },
        full_name: { type: 'string' },
        joined_on: { type: 'date' },
        left_on: { type: 'date', nullable: true },
      },
      indexes: {
        one_active_email: { columns: ['email'], unique: true, where: { column: 'left_on', isNull: true } },
      },
      checks: {
        left_after_joining: {
          or: [
            { column: 'left_on', gte: { column: 'joined_on' } },
            { column: 'left_on', isNull: true },
          ],
        },
      },
    }),
  ];
}
