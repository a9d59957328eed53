import { Migration, runCode, runSql } from '@core-framework/orm';

/** Emails are compared in small letters from now on. */
export class TidyEmails extends Migration {
  override readonly dependencies = ['0002_add_phone_to_members'];
  readonly operations = [
    runSql('update members set email = lower(email)', []),
    runCode(
      async function tidyNames({ execute }) {
        for (const { full_name: name, id } of await execute('select id, full_name from members')) {
          await execute('update members set full_name = ? where id = ?', [String(name).trim(), id]);
        }
      },
      async () => {},
      { elidable: true },
    ),
  ];
}
