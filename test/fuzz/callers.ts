import type { TestClient } from '@core-framework/testing';
import { ANN, BOB, PASSWORD, ROOT } from '../support/world.js';
import type { Random } from './random.js';

/**
 * Who sends the requests of a fuzz: nobody, users whom the application takes for granted, and users who signed in with
 * their password, who have a session of their own and sign in again once it has ended.
 */
export class Callers {
  readonly #signedIn = new Map<string, TestClient>();

  constructor(
    private readonly anyone: TestClient,
    private readonly random: Random,
    private readonly known: readonly TestClient[],
  ) {}

  async next(): Promise<TestClient> {
    if (this.random.chance(0.5)) return this.random.pick(this.known);
    const email = this.random.pick([ANN, BOB, ROOT]);
    let client = this.#signedIn.get(email);
    if (!client) this.#signedIn.set(email, (client = await this.#signIn(email)));
    return client;
  }

  /** Notes that a session may have ended. */
  signOut(caller: TestClient): void {
    // Who could not sign in will not be able to the next time.
    if (caller === this.anyone) return;
    for (const [email, client] of this.#signedIn) if (client === caller) this.#signedIn.delete(email);
  }

  /** Nobody, once a request has changed the password or deleted the account. */
  async #signIn(email: string): Promise<TestClient> {
    const answer = await this.anyone.post('/api/v1/auth/login', { email, password: PASSWORD });
    if (answer.status !== 200) return this.anyone;
    const { access_token: token } = answer.json<{ access_token: string }>();
    return this.anyone.with({ authorization: `Bearer ${token}` });
  }
}
