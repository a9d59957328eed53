import { AuthBackend, type Credentials, type AbstractBaseUser, type UserManager, USERS } from '@core-framework/auth';
import { ServiceUnavailableException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { Client, DN, InvalidCredentialsError } from 'ldapts';

// Whatever has another meaning in a directory is in no name.
const NAME = /^[\w.-]{1,64}$/;
const TIMEOUT_MS = 5_000;

/** Where the directory is, and where in it the people are. */
export interface LdapOptions {
  readonly url: string;
  readonly people: readonly (readonly [attribute: string, value: string])[];
}

export const LDAP_OPTIONS = Symbol('ldap options');

/** Signs in by the company's directory: whoever it knows has an account here, without a password of its own. */
@Injectable()
export class LdapBackend extends AuthBackend {
  readonly name = 'ldap';

  constructor(
    @Inject(LDAP_OPTIONS) private readonly options: LdapOptions,
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
  ) {
    super();
  }

  override async authenticate({ username, password }: Credentials): Promise<AbstractBaseUser | null> {
    // Without a password directories let everybody in, as nobody in particular.
    if (!username || !password || !NAME.test(username)) return null;
    const mail = await this.#mailOf(username, password);
    if (mail === null) return null;
    return (await this.users.getByEmail(mail)) ?? this.users.createUser({ email: mail, isVerified: true });
  }

  /** The address of whoever this is, as the directory says; `null` for wrong credentials. */
  async #mailOf(username: string, password: string): Promise<string | null> {
    const { url, people } = this.options;
    const client = new Client({ url, timeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
    const person = new DN().addPairRDN('uid', username);
    for (const [attribute, value] of people) person.addPairRDN(attribute, value);
    try {
      await client.bind(person.toString(), password);
      const { searchEntries } = await client.search(person.toString(), { scope: 'base', attributes: ['mail'] });
      const mail = searchEntries[0]?.['mail'];
      return typeof mail === 'string' && mail !== '' ? mail : null;
    } catch (error) {
      if (error instanceof InvalidCredentialsError) return null;
      throw new ServiceUnavailableException('The directory cannot be asked.', { cause: error });
    } finally {
      await client.unbind().catch(() => undefined);
    }
  }
}
