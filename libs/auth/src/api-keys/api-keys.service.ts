import { randomUUID } from 'node:crypto';
import {
  type Clock,
  CLOCK,
  ConflictException,
  InvalidInputException,
  UnauthorizedException,
} from '@core-framework/common';
import { InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { UserPrincipal, type UserStanding } from '../authentication/user-principal.js';
import { AuthEvents } from '../events/auth-events.service.js';
import type { ClientInfo } from '../events/client-info.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { holdUser } from '../users/held-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { hashSecret, matchesHash, newSecret, readApiKey, writeApiKey } from './api-key-text.js';
import { ApiKey } from './api-key.model.js';

/** How long a use that was noted stands for those that follow, so that not every request writes. */
const NOTED_FOR_MS = 60_000;
const MOST_KEYS = 50;
const FLAGS = ['isActive', 'isStaff', 'isSuperuser', 'isVerified'] as const;
const COLUMNS = [
  'user',
  'hash',
  'scopes',
  'expiresAt',
  'lastUsedAt',
  'revokedAt',
  ...FLAGS.map((flag) => `user__${flag}`),
];
const NO_HASH = hashSecret('of no key');

interface KeyRow {
  readonly user: number | string;
  readonly hash: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What a new key is to be. */
export interface NewApiKey {
  readonly name: string;
  /** Codenames that it is limited to. @defaultValue all that its owner may do */
  readonly scopes?: readonly string[] | null;
  /** @defaultValue never */
  readonly expiresAt?: Date | null;
}

/** A key as its owner sees it. */
export type ApiKeySummary = Pick<
  ApiKey,
  'id' | 'name' | 'prefix' | 'scopes' | 'createdAt' | 'expiresAt' | 'lastUsedAt'
>;

/** Makes, checks and revokes the keys by which programs act in a user's name. */
@Injectable()
export class ApiKeys {
  constructor(
    @InjectManager(ApiKey) private readonly keys: Manager<ApiKey>,
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
    private readonly events: AuthEvents,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes a key; its text is told this once and kept nowhere.
   *
   * @throws InvalidInputException when it were expired already, ConflictException when the user has 50 keys.
   */
  async create(
    userId: number | string,
    { name, scopes = null, expiresAt = null }: NewApiKey,
    client?: ClientInfo,
  ): Promise<ApiKeySummary & { readonly key: string }> {
    const createdAt = this.clock.now();
    if (expiresAt && expiresAt <= createdAt) {
      const message = 'The key would have expired already.';
      throw new InvalidInputException({ expiresAt: [{ code: 'expires_in_the_past', message }] }, message);
    }
    const [id, secret, prefix] = [randomUUID(), newSecret(), this.options.apiKeyPrefix];
    const summary = { id, name, prefix, scopes, createdAt, expiresAt, lastUsedAt: null };
    await this.keys.atomic(async () => {
      await holdUser(this.users, userId);
      if ((await this.#inForce(userId).count()) >= MOST_KEYS) {
        throw new ConflictException(`More than ${MOST_KEYS} keys are too many.`, { code: 'too_many_api_keys' });
      }
      await this.keys.createRow({ ...summary, user: userId, hash: hashSecret(secret), revokedAt: null });
      await this.events.record('authn_api_key_created', { userId, client, detail: { key: id, scopes } });
    });
    return { ...summary, key: writeApiKey(prefix, { id, secret }) };
  }

  /** The keys of a user that are not revoked, the newest first. */
  async list(userId: number | string): Promise<ApiKeySummary[]> {
    const columns = ['id', 'name', 'prefix', 'scopes', 'createdAt', 'expiresAt', 'lastUsedAt'];
    const rows = await this.#inForce(userId).orderBy('-createdAt').rows({ columns });
    return rows as unknown as ApiKeySummary[];
  }

  /** Answers whether the user had such a key, and it was not revoked. */
  async revoke(userId: number | string, id: string, client?: ClientInfo): Promise<boolean> {
    return this.keys.atomic(async () => {
      const revoked = await this.#inForce(userId).filter({ id }).update({ revokedAt: this.clock.now() });
      if (revoked) await this.events.record('authn_api_key_revoked', { userId, client, detail: { key: id } });
      return revoked > 0;
    });
  }

  /**
   * Who acts by a key.
   *
   * @throws UnauthorizedException unless key and owner are in force.
   */
  async identify(text: string): Promise<UserPrincipal> {
    const parts = readApiKey(text) ?? refuse();
    // A replica may not know yet that the key was revoked.
    const [found] = await this.keys.filter({ id: parts.id }).using('primary').rows({ columns: COLUMNS });
    const row = found as unknown as KeyRow | undefined;
    if (!matchesHash(parts.secret, row?.hash ?? NO_HASH) || !row || !found) return refuse();
    const now = this.clock.now();
    if (row.revokedAt || (row.expiresAt && row.expiresAt <= now) || found['user__isActive'] !== true) refuse();
    await this.#noteUse(parts.id, row, now);
    const flags = Object.fromEntries(FLAGS.map((flag) => [flag, found[`user__${flag}`]]));
    const standing = { id: row.user, ...flags } as unknown as UserStanding;
    return new UserPrincipal(standing, { backend: 'api_key', scopes: row.scopes ?? undefined }, this.users);
  }

  async #noteUse(id: string, { lastUsedAt }: KeyRow, now: Date): Promise<void> {
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < NOTED_FOR_MS) return;
    await this.keys.filter({ id }).update({ lastUsedAt: now });
  }

  #inForce(userId: number | string) {
    return this.keys.where({ user: userId, revokedAt__isnull: true });
  }
}

function refuse(): never {
  throw new UnauthorizedException('Given API key is not valid.', { code: 'invalid_api_key' });
}
