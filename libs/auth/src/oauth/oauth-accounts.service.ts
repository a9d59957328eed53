import { BadRequestException, type Clock, CLOCK, ConflictException } from '@core-framework/common';
import { InjectManager, type Manager, UniqueViolationError } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { AccountSteps } from '../accounts/account-steps.js';
import type { ClientInfo } from '../events/client-info.js';
import { SecretBox } from '../secrets/secret-box.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { normalizeEmail } from '../users/email.js';
import { holdUser } from '../users/held-user.js';
import { writableValues } from '../users/writable-values.js';
import { OAuthAccount } from './oauth-account.model.js';
import type { ProviderAnswer } from './oauth-clients.js';
import type { OAuthProfile } from './oauth-provider.js';

type UserId = number | string;

/** An account elsewhere as its owner sees it. */
export type OAuthAccountSummary = Pick<
  OAuthAccount,
  'id' | 'provider' | 'email' | 'emailVerified' | 'createdAt' | 'lastUsedAt'
>;

const SHOWN = ['id', 'provider', 'email', 'emailVerified', 'createdAt', 'lastUsedAt'] as const;

/** Knows which accounts elsewhere are whose, and links them. */
@Injectable()
export class OAuthAccounts {
  constructor(
    @InjectManager(OAuthAccount) private readonly accounts: Manager<OAuthAccount>,
    private readonly steps: AccountSteps,
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The user whom an account elsewhere signs in: its owner; else whoever has its address, where both sides know that the
   * address is his; else a new one.
   *
   * @throws ConflictException when somebody has the address and it is not known to be the same person.
   */
  async userOf(answer: ProviderAnswer, client: ClientInfo): Promise<AbstractBaseUser> {
    const known = await this.#find(answer);
    if (known) {
      await this.#note(known, answer);
      return (await this.steps.find(known.user.id)) ?? refuseAccount();
    }
    const { email, emailVerified } = answer.profile;
    if (email === null) {
      throw new BadRequestException('The provider tells no e-mail address.', { code: 'email_required' });
    }
    const owner = await this.steps.users.getByEmail(email);
    if (!owner) return this.#register(answer, email, client);
    // Some databases find an address by one that only looks like it.
    const isHis = emailVerified && owner.isVerified && owner.email === normalizeEmail(email);
    if (!isHis) return refuseAccount();
    await this.#create(owner.id, answer, client);
    return owner;
  }

  /**
   * Links an account elsewhere to a user who asked for it.
   *
   * @throws ConflictException when it is another user's, BadRequestException when the user is there no longer.
   */
  async link(userId: UserId, answer: ProviderAnswer, client: ClientInfo): Promise<void> {
    const known = await this.#find(answer);
    if (!known) {
      const user = await this.steps.find(userId);
      if (user?.isActive) return this.#create(userId, answer, client);
      throw new BadRequestException('The account is there no longer.', { code: 'invalid_state' });
    }
    if (String(known.user.id) !== String(userId)) throw taken();
    await this.#note(known, answer);
  }

  async list(userId: UserId): Promise<OAuthAccountSummary[]> {
    const rows = await this.accounts.where({ user: userId }).orderBy('createdAt').rows({ columns: SHOWN });
    return rows as unknown as OAuthAccountSummary[];
  }

  /**
   * Answers whether the user had such an account.
   *
   * @throws ConflictException when it is the only way in that is left.
   */
  async unlink(user: AbstractBaseUser, id: number, client: ClientInfo): Promise<boolean> {
    return this.accounts.atomic(async () => {
      await holdUser(this.steps.users, user.id);
      const [row] = await this.accounts.where({ user: user.id, id }).rows({ columns: ['provider'] });
      if (!row) return false;
      if (!user.hasUsablePassword() && (await this.accounts.where({ user: user.id }).count()) === 1) {
        throw new ConflictException('Set a password first: there is no other way in.', { code: 'last_way_in' });
      }
      await this.accounts.where({ user: user.id, id }).delete();
      const detail = { provider: String(row['provider']) };
      await this.steps.events.record('authn_oauth_unlinked', { userId: user.id, client, detail });
      return true;
    });
  }

  /** The tokens of a provider that keeps them, the newest; `null` when there are none. */
  async tokensOf(userId: UserId, provider: string): Promise<Readonly<Record<string, unknown>> | null> {
    const account = await this.accounts.where({ user: userId, provider }).orderBy('-lastUsedAt').first();
    const text = account?.tokens ? this.box.open(account.tokens, contextOf(account)) : null;
    return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
  }

  async #register(answer: ProviderAnswer, email: string, client: ClientInfo): Promise<AbstractBaseUser> {
    const values = await this.steps.hooks.valuesOfOAuthUser(answer.profile, answer.provider.name);
    try {
      return await this.accounts.atomic(async () => {
        const { users, events } = this.steps;
        const writable = { ...writableValues(users.model, values), email, password: null };
        const user = await users.createUser(writable);
        if (answer.profile.emailVerified) {
          user.isVerified = true;
          await user.save();
        }
        const detail = { provider: answer.provider.name };
        await events.record('user_created', { userId: user.id, email: user.email, client, detail });
        await this.#create(user.id, answer, client);
        return user;
      });
    } catch (error) {
      // Somebody took the address, or came back with the same account, in between.
      if (error instanceof UniqueViolationError) return refuseAccount();
      throw error;
    }
  }

  async #create(userId: UserId, answer: ProviderAnswer, client: ClientInfo): Promise<void> {
    const { provider, profile } = answer;
    const now = this.clock.now();
    const link = this.accounts.atomic(async () => {
      await this.accounts.createRow({
        user: userId,
        provider: provider.name,
        ...identityOf(answer),
        ...addressOf(profile),
        tokens: this.#seal(answer),
        createdAt: now,
        lastUsedAt: now,
      });
      await this.steps.events.record('authn_oauth_linked', { userId, client, detail: { provider: provider.name } });
    });
    await link.catch((error: unknown) => {
      // Somebody linked it in between.
      throw error instanceof UniqueViolationError ? taken() : error;
    });
  }

  async #note({ id }: OAuthAccount, answer: ProviderAnswer): Promise<void> {
    const changes = {
      ...addressOf(answer.profile),
      ...(answer.tokens && { tokens: this.#seal(answer) }),
      lastUsedAt: this.clock.now(),
    };
    await this.accounts.filter({ id }).update(changes);
  }

  #find(answer: ProviderAnswer): Promise<OAuthAccount | null> {
    return this.accounts.filter(identityOf(answer)).using('primary').getOrNull();
  }

  #seal(answer: ProviderAnswer): string | null {
    if (!answer.provider.keepTokens || !answer.tokens) return null;
    return this.box.seal(JSON.stringify(answer.tokens), contextOf(identityOf(answer)));
  }
}

function identityOf({ provider: { issuer }, profile: { subject } }: ProviderAnswer) {
  return { issuer, subject };
}

function addressOf({ email, emailVerified }: OAuthProfile) {
  return { email: email?.slice(0, 254) ?? null, emailVerified };
}

function contextOf({ issuer, subject }: Pick<OAuthAccount, 'issuer' | 'subject'>): string {
  return `oauth-tokens:${issuer}:${subject}`;
}

function taken(): ConflictException {
  return new ConflictException('That account signs in somebody else.', { code: 'oauth_account_taken' });
}

function refuseAccount(): never {
  const message = 'There is an account with this address: sign in to it and link the other one there.';
  throw new ConflictException(message, { code: 'account_exists' });
}
