import { AccountEventData } from '@core-framework/auth/messaging';
import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { User } from '../users/user.model.js';
import { Notice } from './notice.model.js';

/** Tells users what was done to their accounts, in case it was not them. */
@Consumer('blog-account-notices', { topics: ['account-events'] })
export class AccountNotices {
  @OnEvent('user.password_changed', { payload: AccountEventData })
  async onPasswordChanged({ data }: CoreEvent<AccountEventData>): Promise<void> {
    await this.#tell(Number(data.id), 'Your password was changed.');
  }

  @OnEvent('user.permissions_changed', { payload: AccountEventData })
  async onPermissionsChanged({ data }: CoreEvent<AccountEventData>): Promise<void> {
    const { role, change } = data.detail;
    await this.#tell(Number(data.id), `The role "${String(role)}" was ${String(change)}.`);
  }

  async #tell(reader: number, text: string): Promise<void> {
    if (await User.objects.filter({ id: reader }).exists()) await Notice.objects.create({ reader, text });
  }
}
