import { type Clock, CLOCK } from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { ApiKey } from '../api-keys/api-key.model.js';
import { OAuthAccount } from '../oauth/oauth-account.model.js';

/** How an account can be entered beside its password. */
@Injectable()
export class WaysIn {
  constructor(
    @InjectManager(OAuthAccount) private readonly accounts: Manager<OAuthAccount>,
    @InjectManager(ApiKey) private readonly keys: Manager<ApiKey>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Ends those that somebody made who never showed that the account's address is his: API keys, and accounts elsewhere that do not
   * vouch for theirs. The owner of an address gets an account that somebody else opened with it for himself alone.
   */
  async endUnproven(userId: number | string): Promise<void> {
    await this.accounts.where({ user: userId, emailVerified: false }).delete();
    await this.keys.where({ user: userId, revokedAt__isnull: true }).update({ revokedAt: this.clock.now() });
  }
}
