import { addColumn, Migration } from '@core-framework/orm';

/** Add column members.phone. */
export class AddPhoneToMembers extends Migration {
  override readonly dependencies = ['0001_initial'];
  readonly operations = [addColumn('members', 'phone', { type: 'string', length: 20 }, { fill: 'unknown' })];
}
