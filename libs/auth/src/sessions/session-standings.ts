import { Connections, InjectManager, type Manager } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { Session } from './session.model.js';

const FLAGS = ['isActive', 'isStaff', 'isSuperuser', 'isVerified', 'tokenVersion'] as const;
const COLUMNS = [
  'id',
  'user',
  'revokedAt',
  'idleExpiresAt',
  'absoluteExpiresAt',
  'authenticatedAt',
  ...FLAGS.map((flag) => `user__${flag}`),
];
// What is no key of a session would fail the question of all who ask at the same time.
const KEY = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** A session and its user, as they stand. */
export interface SessionStanding {
  readonly id: string;
  readonly user: number | string;
  readonly revokedAt: Date | null;
  readonly idleExpiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly authenticatedAt: Date;
  readonly user__isActive: boolean;
  readonly user__isStaff: boolean;
  readonly user__isSuperuser: boolean;
  readonly user__isVerified: boolean;
  readonly user__tokenVersion: number;
}

type Standings = ReadonlyMap<string, SessionStanding>;

/**
 * Tells how sessions stand. Requests that arrive together ask by one statement, which is sent after the last of them has
 * arrived: each is told what was true when it asked, or later.
 */
@Injectable()
export class SessionStandings {
  #together?: { readonly ids: Set<string>; readonly answer: Promise<Standings> };

  constructor(
    @InjectManager(Session) private readonly sessions: Manager<Session>,
    @Inject(Connections) private readonly connections: Connections,
  ) {}

  /** `undefined` when there is no such session. */
  async of(id: string): Promise<SessionStanding | undefined> {
    if (!KEY.test(id)) return undefined;
    const key = id.toLowerCase();
    // What a transaction has written only it can see.
    const alone = this.connections.of(Session).usedEntityManager()?.isInTransaction() === true;
    return (await (alone ? this.#ask([key]) : this.#askTogether(key))).get(key);
  }

  #askTogether(id: string): Promise<Standings> {
    if (this.#together) {
      this.#together.ids.add(id);
      return this.#together.answer;
    }
    const ids = new Set([id]);
    const answer = new Promise<void>((resolve) => void setImmediate(resolve)).then(() => {
      this.#together = undefined;
      return this.#ask([...ids]);
    });
    this.#together = { ids, answer };
    return answer;
  }

  async #ask(ids: readonly string[]): Promise<Standings> {
    const asked = ids.length === 1 ? { id: ids[0] } : { id__in: ids };
    // A replica may not know yet that a session was ended.
    const rows = await this.sessions.where(asked).using('primary').rows({ columns: COLUMNS });
    return new Map((rows as unknown as SessionStanding[]).map((row) => [row.id, row]));
  }
}
