import { CallerForwarding } from '@core-framework/auth';
import { ServiceUnavailableException } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { OrderApiSettings } from './order-api.settings.js';

/** What the service with the users shows of one. */
export interface KnownUser {
  readonly id: number;
  readonly email: string;
  readonly orderCount: number;
}

/** Asks the service with the users, in the name of the caller: it decides what he may see. */
@Injectable()
export class UserApiClient {
  constructor(
    private readonly settings: OrderApiSettings,
    private readonly forwarding: CallerForwarding,
  ) {}

  /**
   * Answers `null` for a user whom the caller may not see, or who is gone.
   *
   * @throws ServiceUnavailableException when the other service does not answer.
   */
  async find(id: number): Promise<KnownUser | null> {
    const answer = await this.#ask(new URL(`/api/v1/users/${id}`, this.settings.userApiUrl));
    if (answer.status === 404 || answer.status === 403) return null;
    if (!answer.ok) throw new ServiceUnavailableException('Users cannot be asked for just now.');
    return (await answer.json()) as KnownUser;
  }

  async #ask(url: URL): Promise<Response> {
    try {
      return await this.forwarding.fetch(url, { signal: AbortSignal.timeout(3000) });
    } catch (cause) {
      throw new ServiceUnavailableException('Users cannot be asked for just now.', { cause });
    }
  }
}
