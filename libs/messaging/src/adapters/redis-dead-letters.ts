import type { Redis } from 'ioredis';
import type { DeadLetter, DeadLetterPlace } from '../brokers/message-broker.js';
import { fromDeadText } from '../envelope/dead-text.js';
import { factsOf, groupKeys } from './redis-keys.js';
import { REPLAY } from './redis-scripts.js';

const CHUNK = 200;
const ID = /^\d{1,20}-\d{1,20}$/;

/** The dead letters of groups: a stream each. */
export class RedisDeadLetters {
  constructor(private readonly redis: Redis) {}

  async list(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    if (after !== undefined && !ID.test(after)) return [];
    const start = after === undefined ? '-' : `(${after}`;
    const entries = await this.redis.xrange(groupKeys(place).dead, start, '+', 'COUNT', limit);
    return entries.map((entry) => letterOf(place, entry));
  }

  async find(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    if (!ID.test(id)) return undefined;
    const [entry] = await this.redis.xrange(groupKeys(place).dead, id, id);
    return entry && letterOf(place, entry);
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const { again, dead } = groupKeys(place);
    let count = 0;
    for await (const chunk of this.#chunks(dead, ids)) {
      count += Number(await this.redis.eval(REPLAY, 2, dead, again, ...chunk));
    }
    return count;
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const { dead } = groupKeys(place);
    let count = 0;
    for await (const chunk of this.#chunks(dead, ids)) count += await this.redis.xdel(dead, ...chunk);
    return count;
  }

  /** The given ids, or all that are there now; those that die meanwhile are left. */
  async *#chunks(dead: string, ids?: readonly string[]): AsyncGenerator<readonly string[]> {
    if (ids) {
      const known = ids.filter((id) => ID.test(id));
      for (let start = 0; start < known.length; start += CHUNK) yield known.slice(start, start + CHUNK);
      return;
    }
    const [last] = await this.redis.xrevrange(dead, '+', '-', 'COUNT', 1);
    if (!last) return;
    for (let start = '-'; ;) {
      const entries = await this.redis.xrange(dead, start, last[0], 'COUNT', CHUNK);
      const end = entries.at(-1);
      if (!end) return;
      yield entries.map(([id]) => id);
      start = `(${end[0]}`;
    }
  }
}

function letterOf({ topic }: DeadLetterPlace, [id, fields]: readonly [string, readonly string[]]): DeadLetter {
  const { d, reason, attempt } = factsOf(fields);
  return {
    id,
    topic,
    message: fromDeadText(String(d)),
    reason: String(reason),
    attempt: Number(attempt),
    failedAt: new Date(Number(id.split('-')[0])),
  };
}
