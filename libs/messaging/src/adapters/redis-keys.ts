import type { DeadLetterPlace } from '../brokers/message-broker.js';

/** Set of the topics that anybody has published to or listened to. */
export const TOPICS_KEY = 'evt:topics';

/** The stream of a topic; the braces keep all keys of a topic on one node of a cluster. */
export function topicKey(topic: string): string {
  return `evt:{${topic}}`;
}

/** What a group keeps of a topic for itself. */
export interface GroupKeys {
  /** Messages that wait to be delivered again, by their time. */
  readonly delayed: string;
  /** Messages that are to be delivered again, to this group only. */
  readonly again: string;
  readonly dead: string;
}

export function groupKeys({ topic, group }: DeadLetterPlace): GroupKeys {
  const own = `${topicKey(topic)}:${group}`;
  return { delayed: `${own}:retry`, again: `${own}:again`, dead: `${own}:dlq` };
}

/** Moves messages whose time has come, on the server's clock, to the stream of their group. */
export const MOVE_DUE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
for _, member in ipairs(due) do
  local entry = cjson.decode(member)
  redis.call('XADD', KEYS[2], '*', 'd', entry[2], 'n', entry[3])
  redis.call('ZREM', KEYS[1], member)
end
return #due
`;

/** Puts a message among those that wait and takes it from those in hand, in one step. */
export const DELAY = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[2])
return redis.call('XACK', KEYS[2], ARGV[3], ARGV[4])
`;
