import { InvalidEventNameError } from '../errors/messaging.errors.js';

const NAME = /^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$/;
const PATTERN = /^(?:[a-z][a-z0-9_-]*|\*)(?:\.(?:[a-z][a-z0-9_-]*|\*|\*\*))*$|^\*\*$/;
const CHANNEL = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Brokers make names of both together and add to them; Kafka takes 249 characters. */
const LONGEST = { 'a topic': 130, 'a group': 100 } as const;

/** @throws InvalidEventNameError unless it is of words in lower case with dots between them. */
export function checkEventName(name: string): string {
  if (NAME.test(name) && name.length <= 255) return name;
  throw new InvalidEventNameError(
    'an event',
    name,
    'Write words in lower case with dots between: order.payment.completed.',
  );
}

/** @throws InvalidEventNameError unless it is the name of an event, or has `*` in place of a word or `**` of several. */
export function checkEventPattern(pattern: string): string {
  if (NAME.test(pattern) || (pattern.includes('*') && PATTERN.test(pattern))) return pattern;
  throw new InvalidEventNameError(
    'an event or a pattern',
    pattern,
    "Write a name, or 'user.*', '*.created', 'order.**'.",
  );
}

/** @throws InvalidEventNameError unless every broker takes it as a topic or a group. */
export function checkChannelName(what: 'a topic' | 'a group', name: string): string {
  const longest = LONGEST[what];
  if (CHANNEL.test(name) && name.length <= longest) return name;
  const fix = `Use letters, digits, dots, hyphens and underscores, ${longest} at most.`;
  throw new InvalidEventNameError(what, name, fix);
}

/** Compiles a pattern: `*` stands for one word, `**` for one or more. */
export function eventMatcher(pattern: string): (name: string) => boolean {
  if (!pattern.includes('*')) return (name) => name === pattern;
  const words = pattern.split('.').map((word) => (word === '**' ? '.+' : word === '*' ? '[^.]+' : word));
  const expression = new RegExp(`^${words.join('\\.')}$`);
  return (name) => expression.test(name);
}
