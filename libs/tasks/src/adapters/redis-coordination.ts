import type { Redis } from 'ioredis';
import { callbackOf } from '../backends/group-callback.js';
import type {
  NewTask,
  Permits,
  RateLimit,
  ScheduleState,
  SlotClaim,
  TaskGroupPlace,
  TaskRecord,
} from '../backends/task-backend.js';

const TAKE_PERMITS = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = math.max(0, math.min(tonumber(ARGV[3]), tonumber(ARGV[1]) - used))
if granted > 0 then
  redis.call('INCRBY', KEYS[1], granted)
  if used == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
end
return { granted, redis.call('PTTL', KEYS[1]) }`;

/** Takes a slot if nobody else did; its tasks stay in `left` until whoever enqueued them says so. */
const CLAIM_SLOT = `
if (redis.call('HGET', KEYS[1], 'last') or '') ~= ARGV[1] then return 0 end
if redis.call('HEXISTS', KEYS[1], 'left') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'last', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'left', ARGV[3], 'task', ARGV[4]) end
return 1`;

const EMITTED = `
if redis.call('HGET', KEYS[1], 'left') == ARGV[1] then redis.call('HDEL', KEYS[1], 'left') end
return 1`;

/** Notes what a member of a group answered; answers what all did, by their places, when it was the last one. */
const END_MEMBER = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if redis.call('HLEN', KEYS[1]) < tonumber(ARGV[3]) then return false end
return redis.call('HGETALL', KEYS[1])`;

/** That somebody cancelled a task, and what it was when it had not been started. */
export interface Cancellation {
  readonly record?: TaskRecord;
}

/** What workers and schedulers agree on beside the queues. */
export class RedisCoordination {
  constructor(
    private readonly client: Redis,
    private readonly prefix: string,
  ) {}

  /** Makes queues known to whoever looks for a task by its id. */
  async announce(queues: readonly string[]): Promise<void> {
    await this.client.sadd(this.#key('queues'), ...queues);
  }

  /** The queues that have a job of that id. */
  async queuesWith(id: string): Promise<readonly string[]> {
    const queues = await this.client.smembers(this.#key('queues'));
    if (queues.length === 0) return [];
    const pipeline = this.client.pipeline();
    for (const queue of queues) pipeline.exists(`${this.prefix}:${queue}:${id}`);
    const found = (await pipeline.exec()) ?? [];
    return queues.filter((_, index) => found[index]?.[1] === 1);
  }

  async cancel(id: string, ttlMs: number, record?: TaskRecord): Promise<void> {
    await this.client.set(this.#key('cancelled', id), JSON.stringify({ record }), 'PX', Math.max(ttlMs, 60_000));
  }

  /** Forgets that somebody cancelled a task. */
  async forgetCancel(id: string): Promise<void> {
    await this.client.unlink(this.#key('cancelled', id));
  }

  async cancelled(id: string): Promise<Cancellation | undefined> {
    const text = await this.client.get(this.#key('cancelled', id));
    if (text === null) return undefined;
    const { record } = JSON.parse(text) as { record?: TaskRecord & { createdAt: string; endedAt?: string } };
    if (!record) return {};
    const endedAt = record.endedAt && new Date(record.endedAt);
    return { record: { ...record, createdAt: new Date(record.createdAt), ...(endedAt && { endedAt }) } };
  }

  /** Which of these tasks somebody cancelled. */
  async cancelledOf(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const found = await this.client.mget(ids.map((id) => this.#key('cancelled', id)));
    return ids.filter((_, index) => found[index] !== null);
  }

  /**
   * Notes that a member of a group has succeeded; answers the callback when it was the last one, as often as it is asked
   * until {@link closeGroup}.
   */
  async endMember(place: TaskGroupPlace, result: string | undefined): Promise<NewTask | undefined> {
    const { id, index, size, keepMs } = place;
    const all = (await this.client.eval(END_MEMBER, 1, this.#key('group', id), index, result ?? '', size, keepMs)) as
      readonly string[] | null;
    if (!all) return undefined;
    const results = Array.from<string | undefined>({ length: size });
    for (let at = 0; at < all.length; at += 2) results[Number(all[at])] = all[at + 1] || undefined;
    return callbackOf(place, results);
  }

  /** Forgets a group whose callback has been enqueued. */
  async closeGroup(id: string): Promise<void> {
    await this.client.unlink(this.#key('group', id));
  }

  /** Says for so many milliseconds that somebody takes tasks of these names from a queue. */
  async know(queue: string, names: readonly string[], forMs: number): Promise<void> {
    if (names.length === 0) return;
    const until = Date.now() + forMs;
    await this.client.zadd(this.#key('names', queue), ...names.flatMap((name) => [until, name]));
  }

  /** Whether somebody takes tasks of that name from a queue. */
  async isKnown(queue: string, name: string): Promise<boolean> {
    const until = await this.client.zscore(this.#key('names', queue), name);
    return until !== null && Number(until) > Date.now();
  }

  async takePermits(key: string, { max, perMs }: RateLimit, count: number): Promise<Permits> {
    const [granted, left] = (await this.client.eval(TAKE_PERMITS, 1, this.#key('limit', key), max, perMs, count)) as [
      number,
      number,
    ];
    return { granted, waitMs: granted === count ? 0 : Math.max(1, left) };
  }

  async schedule(name: string): Promise<ScheduleState> {
    const [[seconds, micros], state] = await Promise.all([
      this.client.time() as Promise<(string | number)[]>,
      this.client.hgetall(this.#key('schedule', name)),
    ]);
    return {
      now: new Date(Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)),
      isPaused: state.paused === '1',
      ...(state.last && { lastSlot: new Date(Number(state.last)) }),
      ...(state.task && { lastTask: state.task }),
    };
  }

  async claimSlot({ name, previous, slot, tasks }: SlotClaim): Promise<boolean> {
    const claimed = await this.client.eval(
      CLAIM_SLOT,
      1,
      this.#key('schedule', name),
      previous ? String(previous.getTime()) : '',
      String(slot.getTime()),
      tasks.length > 0 ? JSON.stringify(tasks) : '',
      tasks.at(-1)?.id ?? '',
    );
    return claimed === 1;
  }

  /** Tasks of a slot that was claimed and which nobody has said to have enqueued. */
  async leftOf(name: string): Promise<{ readonly text: string; readonly tasks: readonly NewTask[] } | undefined> {
    const text = await this.client.hget(this.#key('schedule', name), 'left');
    return text === null ? undefined : { text, tasks: JSON.parse(text) as NewTask[] };
  }

  async emitted(name: string, text: string): Promise<void> {
    await this.client.eval(EMITTED, 1, this.#key('schedule', name), text);
  }

  async pauseSchedule(name: string, paused: boolean): Promise<void> {
    await this.client.hset(this.#key('schedule', name), 'paused', paused ? '1' : '0');
  }

  /** Keys that no queue can have: their names hold no two colons. */
  #key(...parts: readonly string[]): string {
    return [this.prefix, '', ...parts].join(':');
  }
}
